//! Files that no text can show: too large, too deep, in the wrong encoding; each by a keyword.

use xinpei::author::folder::RuleFiles;

/// Changes a rulebook as a line says: a keyword, and mostly the path of a file.
pub(crate) fn generate(line: &str, rules: &mut RuleFiles) {
    let (keyword, path) = line.split_once(' ').unwrap_or((line, ""));
    let old = rules.files.get(path).cloned().unwrap_or_default();
    let text = String::from_utf8_lossy(&old).into_owned();
    let new: Vec<u8> = match keyword {
        "without" => {
            rules.files.remove(path);
            return;
        }
        "released" => {
            rules.lock = Some(format!("sha256:{} language:1", "0".repeat(64)));
            return;
        }
        "other-folder" => {
            rules.id = Some("copy".into());
            rules.version = Some("2".into());
            return;
        }
        "many-files" => {
            rules.files.extend((0..2_000).map(|i| (format!("cases/{i:04}.yaml"), b"cases: []\n".to_vec())));
            return;
        }
        "not-utf8" => [&old[..], b"# \xd0\xc5\xc5\xe0\n"].concat(),
        "bom" => ["\u{feff}", &text].concat().into(),
        "crlf" => text.replace('\n', "\r\n").into(),
        "large" => vec![b'#'; 100 * 1024 * 1024],
        "many-values" => "- 1\n".repeat(500_000).into(),
        "alias-bomb" => alias_bomb().into(),
        "alias-depth" => alias_depth().into(),
        "deep-flow" => format!("section: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)).into(),
        "deep-flow-first" => format!("{}{}\n", "[".repeat(10_000), "]".repeat(10_000)).into(),
        "deep-maps" => format!("section: {}{}\n", "{a: ".repeat(10_000), "}".repeat(10_000)).into(),
        "deep-dashes" => format!("{}1\n", "- ".repeat(10_000)).into(),
        "deep-block" => (0..2_700).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>().into(),
        _ => match (expression(keyword), script(keyword)) {
            (Some(text), _) => formula(&text).into(),
            (None, Some(text)) => text.into(),
            (None, None) => panic!("no generator is called `{keyword}`"),
        },
    };
    rules.files.insert(path.to_owned(), new);
}

/// Nine values, each nine times the one before: 9⁹ in the end.
fn alias_bomb() -> String {
    let mut text = String::from("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for pair in "abcdefghi".as_bytes().windows(2) {
        let (before, name) = (char::from(pair[0]), char::from(pair[1]));
        text.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    text
}

/// Aliases that nest more deeply than any bracket of the file.
fn alias_depth() -> String {
    let mut text = String::from("a0: &a0 [1]\n");
    for i in 1..20 {
        text.push_str(&format!("a{i}: &a{i} [[[[*a{}]]]]\n", i - 1));
    }
    text
}

/// A section with one formula.
fn formula(of: &str) -> String {
    format!(
        "section: tax\nlabel: {{zh: 税, en: Tax}}\ncharacteristics:\n  - id: tax.line\n    label: {{zh: 税, en: Tax}}\n    basis: pilot\n    formula: '{of}'\n    at_least: 0\n    at_most: 10\n    missing: 0\n"
    )
}

fn expression(keyword: &str) -> Option<String> {
    Some(match keyword {
        "deep-brackets" => format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        "deep-minus" => format!("{}1", "- ".repeat(8_000)),
        "deep-not" => format!("{}court.dishonest", "!".repeat(10_000)),
        "deep-calls" => format!("{}1{}", "abs(".repeat(4_000), ")".repeat(4_000)),
        "long-sum" => vec!["1"; 4_000].join(" + "),
        "long-and" => vec!["court.dishonest"; 800].join(" && "),
        "long-chain" => format!("court.cases{}", ".filter(|c| true)".repeat(900)),
        "long-expression" => vec!["1"; 5_000].join(" + "),
        _ => return None,
    })
}

/// A script whose `open_cases` is more than anybody would write.
fn script(keyword: &str) -> Option<String> {
    let function = |body: &str| format!("fn open_cases(cases) {{\n{body}\n}}\n");
    Some(match keyword {
        "script-brackets" => function(&format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000))),
        "script-sum" => function(&vec!["1"; 50_000].join("\n+ ")),
        "script-line" => function(&format!("{}1234567", " ".repeat(70_000))),
        "script-lets" => function(&format!("let x = 1;\n{}x", "x = x + 1;\n".repeat(50_000))),
        "script-returns" => function(&format!("{}1", "if cases.count() == 3 { return 1; }\n".repeat(10_000))),
        "script-branches" => function(&format!(
            "let x = 1;\n{}x",
            "if cases.count() == 3 { if cases.count() == 4 { return 2; } x = 2; }\n".repeat(500)
        )),
        "script-else" => function(&format!("{}{{ 1 }}", "if cases.count() == 3 { 1 }\nelse ".repeat(10_000))),
        "script-ifs" => {
            function(&format!("let x = 1;\n{}x", "if cases.any(|c| c.filed == as_of) { x += 1; }\n".repeat(1_000)))
        }
        "script-switch" => function(&format!(
            "switch cases.count() {{\n{}_ => 0\n}}",
            (0..5_000).map(|i| format!("{i} => {},\n", i + 1)).collect::<String>()
        )),
        "script-calls" => {
            let deep = |inner: &str| format!("{}{inner}{}", "(1 + ".repeat(28), ")".repeat(28));
            let chain = (0..30).map(|i| format!("fn f{i}(x) {{ {} }}\n", deep(&format!("f{}(x)", i + 1))));
            [function(&deep("f0(1)")), chain.collect(), "fn f30(x) { x }\n".into()].concat()
        }
        _ => return None,
    })
}
