//! How readily a peak is taken for a resonance, which follows the speed: who wants it slow wants notes spared,
//! who wants it fast wants everything cut that stands out.

/// At this speed in ms and slower ones it is as careful as it can be, at the other and faster ones as eager.
const SPEEDS_MS: [f32; 2] = [20.0, 5.0];
/// Time that a peak must have stood in seconds, over the third power of the speed in seconds.
const PATIENCE: f64 = 7800.0;
/// Bounds of that time in seconds.
const PATIENCE_S: [f64; 2] = [0.01, 12.0];

/// The thresholds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Eagerness {
    /// Excess beyond the usual height of peaks from which it counts, and from which it counts in full, in dB.
    pub gate_db: [f32; 2],
    /// How much faster the average falls than it rises.
    pub fall: f32,
    /// Height of a partner, where the partials of a note have them, over that of the peak that leaves nothing
    /// of it.
    pub partner: f32,
    /// Quality over that of a steady tone's peak up to which it counts in full, and the highest that counts at all.
    pub tone: [f32; 2],
}

impl Eagerness {
    const CAREFUL: Self = Self {
        gate_db: [2.5, 5.5],
        fall: 3.0,
        partner: 0.91,
        tone: [0.62, 70.0],
    };
    const EAGER: Self = Self {
        // Averages over so short a time have peaks by chance.
        gate_db: [5.0, 7.5],
        fall: 1.3,
        partner: 1.2,
        tone: [1.0, 120.0],
    };

    /// That of a speed in ms.
    pub fn of_speed(speed_ms: f32) -> Self {
        let [slow, fast] = SPEEDS_MS;
        let way = ((speed_ms / slow).ln() / (fast / slow).ln()).clamp(0.0, 1.0);
        let (from, to) = (Self::CAREFUL, Self::EAGER);
        let between = |from: f32, to: f32| from + way * (to - from);
        let both = |from: [f32; 2], to: [f32; 2]| [0, 1].map(|n: usize| between(from[n], to[n]));
        Self {
            gate_db: both(from.gate_db, to.gate_db),
            fall: between(from.fall, to.fall),
            partner: between(from.partner, to.partner),
            tone: both(from.tone, to.tone),
        }
    }
}

/// Time that a peak must have stood at a speed in ms, in seconds.
pub fn patience_s(speed_ms: f32) -> f64 {
    let [shortest_s, longest_s] = PATIENCE_S;
    (PATIENCE * (f64::from(speed_ms) * 1e-3).powi(3)).clamp(shortest_s, longest_s)
}
