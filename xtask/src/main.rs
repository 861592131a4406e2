//! Build tasks: `cargo xtask bundle|install|demo|test`.

fn main() -> nice_plug_xtask::Result<()> {
    nice_plug_xtask::main()
}
