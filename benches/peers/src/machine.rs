//! On which day and machine a table was measured.

use std::process::Command;

/// Lines for the head of the table.
pub fn describe() -> Vec<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or_else(|| "unknown".to_owned(), |(_, v)| v.trim().to_owned())
    };
    let flags = field("flags");
    let isa: Vec<&str> = ["sse4_2", "avx2", "avx512f", "avx512bw", "avx512vl"]
        .into_iter()
        .filter(|f| flags.split(' ').any(|x| x == *f))
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let id = format!("family {} model {}", field("cpu family"), field("model\t"));
    vec![
        format!("{} UTC", said("date", &["-u", "+%Y-%m-%d"])),
        format!("{} ({id}), {cores} cores, {}", field("model name"), isa.join(" ")),
        said("rustc", &["--version"]),
    ]
}

/// What a command prints, on one line.
pub fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| "unknown".to_owned(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}
