//! The parameters: what `auralis params` prints.

use anyhow::Result;
use auralis::tools::output::{document, print, print_json};
use auralis::tools::table;
use auralis_engine::params::{Row, TABLE};

/// Lists the parameters.
pub fn list(json: bool) -> Result<()> {
    if json {
        let rows: Vec<_> = TABLE.iter().map(Row::describe).collect();
        let fields = serde_json::json!({ "parameters": rows });
        print_json(&document("auralis.params/1", fields))
    } else {
        print(table::params(TABLE))
    }
}
