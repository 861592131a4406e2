//! Groups of parameters as VST3's "units": a tree whose root has the id 0.

use std::collections::BTreeSet;

use vst3::Steinberg::Vst::{UnitID, kRootUnitId};

/// One group.
pub struct Unit {
    /// Its name, without those of the groups around it.
    pub name: String,
    /// The id of the group around it; the root's when there is none.
    pub parent: UnitID,
}

/// All groups, ordered by their paths; the id of a group is its place plus one.
pub struct Units {
    paths: Vec<String>,
}

impl Units {
    /// The groups of parameters, from each parameter's path ("EQ/Bands"; empty for none).
    pub fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut all = BTreeSet::new();
        for path in paths {
            let ends = path.match_indices('/').map(|(at, _)| at);
            for end in ends.chain([path.len()]) {
                let group = &path[..end];
                if !group.is_empty() {
                    all.insert(group.to_owned());
                }
            }
        }
        Self {
            paths: all.into_iter().collect(),
        }
    }

    /// The id of the group at `path`.
    pub fn id(&self, path: &str) -> UnitID {
        match self.paths.iter().position(|known| known == path) {
            Some(index) => UnitID::try_from(index + 1).unwrap_or(kRootUnitId),
            None => kRootUnitId,
        }
    }

    /// Number of groups, the root not counted.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// The group at `index` and its id.
    pub fn get(&self, index: usize) -> Option<(UnitID, Unit)> {
        let path = self.paths.get(index)?;
        let (around, name) = path.rsplit_once('/').unwrap_or(("", path));
        let unit = Unit {
            name: name.to_owned(),
            parent: self.id(around),
        };
        Some((self.id(path), unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_make_a_tree() {
        let units = Units::new(["Limiter", "EQ/Bands", "", "EQ/Bands"].into_iter());
        let all: Vec<_> = (0..units.len())
            .filter_map(|i| units.get(i))
            .map(|(id, unit)| (id, unit.name, unit.parent))
            .collect();
        let expected = [(1, "EQ", 0), (2, "Bands", 1), (3, "Limiter", 0)];
        assert_eq!(all, expected.map(|(id, name, p)| (id, name.to_owned(), p)));
        assert_eq!(units.id("EQ/Bands"), 2);
        assert_eq!(units.id("unknown"), kRootUnitId);
        assert!(units.get(3).is_none());
    }
}
