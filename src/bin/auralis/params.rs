//! The parameters: what `auralis params` prints.

use anyhow::Result;
use auralis::tools::output::print;
use auralis::tools::table;
use auralis_engine::params::{Kind, Row, TABLE};
use auralis_engine::presets::spelled;

/// Lists the parameters.
pub fn list(json: bool) -> Result<()> {
    if json {
        let rows: Vec<_> = TABLE.iter().map(as_json).collect();
        print(serde_json::to_string_pretty(&rows)? + "\n")
    } else {
        print(table::params(TABLE))
    }
}

fn as_json(row: &Row) -> serde_json::Value {
    let mut value = serde_json::json!({
        "id": row.id, "name": row.name, "group": row.group, "note": row.note,
        "automatable": row.kind.is_automatable(),
    });
    match row.kind {
        Kind::Float {
            min,
            max,
            default,
            unit,
            ..
        } => {
            value["type"] = "float".into();
            value["unit"] = unit.suffix().trim().into();
            value["min"] = spelled(min);
            value["max"] = spelled(max);
            value["default"] = spelled(default);
        }
        Kind::Switch { default } => {
            value["type"] = "bool".into();
            value["unit"] = "".into();
            value["default"] = default.into();
        }
        Kind::Choice { names, .. } => {
            value["type"] = "enum".into();
            value["unit"] = "".into();
            value["default"] = names[0].into();
            value["choices"] = names.into();
        }
    }
    value
}
