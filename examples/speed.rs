use auralis::dsp::{engine::*, eq_design::*, options::*, *};
use auralis::params::AuralisParams;
use auralis::processor::*;
use std::time::Instant;
fn main() {
    let rate = 44100.0;
    let mut s = AuralisParams::default().settings();
    let n = 44100 * 60;
    let mut st = 1u32;
    let mut nz = || {
        st = st.wrapping_mul(1664525).wrapping_add(1013904223);
        (st >> 8) as f32 / 8388608.0 - 1.0
    };
    let l: Vec<f32> = (0..n).map(|_| nz() * 0.2).collect();
    let r: Vec<f32> = (0..n).map(|_| nz() * 0.2).collect();
    let mut run = |name: &str, s: &ProcessorSettings| {
        let mut d = EqDesigner::new(rate);
        let k = Box::new(d.design(Curve {
            gains_db: [3.0; 25],
            phase: EqPhase::Linear,
        }));
        let mut e = Engine::new(rate, 2, k.clone(), k);
        let t = Instant::now();
        let mut acc = 0.0f32;
        for i in (0..n - 64).step_by(64) {
            let mut a = [[0.0; 64]; 2];
            a[0].copy_from_slice(&l[i..i + 64]);
            a[1].copy_from_slice(&r[i..i + 64]);
            let rep = e.process(&mut a, None, &s.engine);
            acc += rep.output_peak[0];
        }
        let dt = t.elapsed().as_secs_f64();
        println!(
            "{name:20} {:8.1}x  {:.2} ns/frame {acc:.1}",
            60.0 / dt,
            dt * 1e9 / n as f64
        );
    };
    run("all", &s);
    let mut t = s;
    t.engine.eq_on = false;
    run("no eq", &t);
    let mut t = s;
    t.engine.compressor.on = false;
    run("no comp", &t);
    let mut t = s;
    t.engine.limiter.on = false;
    run("no lim", &t);
    let mut t = s;
    t.engine.limiter.true_peak = false;
    run("no tp", &t);
    s.engine.engine = EngineKind::Reference;
    run("reference", &s);
    let mut p = realfft::RealFftPlanner::<f32>::new();
    let f = p.plan_fft_forward(1024);
    let i = p.plan_fft_inverse(1024);
    let mut a = f.make_input_vec();
    let mut b = f.make_output_vec();
    a[3] = 1.0;
    let mut sc = vec![Default::default(); f.get_scratch_len().max(i.get_scratch_len())];
    let t = Instant::now();
    for _ in 0..10000 {
        f.process_with_scratch(&mut a, &mut b, &mut sc).unwrap();
        i.process_with_scratch(&mut b, &mut a, &mut sc).unwrap();
        for x in a.iter_mut() {
            *x *= 1.0 / 1024.0
        }
    }
    println!(
        "fft pair 1024: {:.2} us -> {:.2} ns per stereo frame",
        t.elapsed().as_secs_f64() / 10000.0 * 1e6,
        t.elapsed().as_secs_f64() / 10000.0 * 2.0 / 512.0 * 1e9
    );
}
