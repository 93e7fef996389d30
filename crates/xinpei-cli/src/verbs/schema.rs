//! `xinpei schema`: the rule format as JSON Schema, so that an editor completes and checks.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use xinpei::author::schema;
use xinpei::diagnostic::suggest;

use crate::cli::Format;
use crate::columns::Columns;
use crate::failure::Failure;
use crate::output;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The kind of rule file; without it all kinds are listed
    kind: Option<String>,
    /// Write all schemas into this folder, as `<kind>.schema.json`
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    out: Option<PathBuf>,
    /// How a list of kinds is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The kinds of file that have a schema, and where such files stand.
fn kinds() -> Vec<(String, &'static str)> {
    let mut kinds = schema::kinds();
    kinds.push(("mapping".into(), "mapping.yaml of a department folder"));
    kinds
}

/// Runs the verb.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let kinds = kinds();
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|e| xinpei::Error::write(folder, e))?;
        let mut written = Vec::new();
        for (kind, _) in &kinds {
            let path = folder.join(format!("{kind}.schema.json"));
            fs::write(&path, text(kind)?).map_err(|e| xinpei::Error::write(&path, e))?;
            written.push(path.display().to_string());
        }
        return match args.format {
            Format::Text => output::print(&written.join("\n")),
            Format::Json => output::print_json(&written),
        };
    }
    match (&args.kind, args.format) {
        (Some(kind), _) => output::print(&text(kind)?),
        (None, Format::Text) => {
            let mut columns = Columns::default();
            kinds.iter().for_each(|(kind, place)| columns.row([kind.as_str(), place]));
            output::print(&columns.render(None))
        }
        (None, Format::Json) => output::print_json(
            &kinds.iter().map(|(kind, place)| json!({"kind": kind, "files": place})).collect::<Vec<_>>(),
        ),
    }
}

fn text(kind: &str) -> Result<String, Failure> {
    let unknown = || {
        let kinds = kinds();
        Failure::error(format!(
            "there is no kind `{kind}` of rule file; {}",
            suggest(kind, kinds.iter().map(|(kind, _)| kind.as_str()))
        ))
    };
    if kind == "mapping" {
        return Ok(format!("{}\n", schema::render(&xinpei_tables::mapping::FORM, "Xinpei mapping.yaml")));
    }
    Ok(format!("{}\n", schema::json(kind).ok_or_else(unknown)?.trim_end()))
}
