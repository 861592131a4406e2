//! The parameters: what `auralis params` prints.

use anyhow::Result;
use auralis::tools::output::print;
use auralis::tools::table;
use auralis_engine::params::{Row, TABLE};

/// Lists the parameters.
pub fn list(json: bool) -> Result<()> {
    if json {
        let rows: Vec<_> = TABLE.iter().map(Row::describe).collect();
        print(serde_json::to_string_pretty(&rows)? + "\n")
    } else {
        print(table::params(TABLE))
    }
}
