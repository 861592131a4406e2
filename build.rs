//! Linker settings of the plug-in's library.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A thread of the host that ever ran our code keeps a destructor in it (the standard library's
    // thread-exit hook, a pthread key), which glibc calls when the thread ends even if the host has
    // unloaded the plug-in by then. So the library stays in memory once loaded.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
