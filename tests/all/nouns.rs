//! One thing has one noun: words that were given up are on no page any more.

use std::fs;
use std::path::{Path, PathBuf};

/// The noun, and the words that must not be said for it: in Chinese, and in English between quotation marks
/// or behind a blank, as a page says it.
const NOUNS: &[(&str, &[&str])] = &[
    ("一票否决与调整 (override)", &["特别规定", "\"否决与调整", "否决规则", "\"调整\""]),
    ("结果应用 (outcome)", &["应用措施", "后续措施", "\"结果\""]),
    ("不予评级 (unrated)", &["未评级", "不评级", "\"not rated", "are not rated"]),
    ("数据错误 (fault)", &["数据问题"]),
    ("拒收 (reject)", &["退回"]),
    ("信息完整度 (coverage)", &["\"完整度"]),
    ("舍入 (rounding)", &["取整", "\"取舍\"", "得分取舍"]),
    ("依据 (basis)", &["依据文件"]),
    ("评分对象 (scored)", &["both(\"依据\", \"scored\")"]),
    ("条件 (when)", &["适用情形"]),
    ("有效至 (until)", &["\"至\", \"until\"", "\"原至\""]),
    ("层级 (tier)", &["培植梯度", "梯度次序", "(\"梯度\", \"Tiers\")"]),
    ("措施 (measure)", &["培植措施"]),
    ("证明材料 (evidence)", &["\"材料\""]),
    ("办理主体 (who acts)", &["\"办理\""]),
    ("缺失 (missing)", &["\"未知\", \"not known\""]),
    ("评价日 (as of)", &["\"截至\", \"as of\""]),
    ("上限、下限 (cap, floor)", &["封顶", "托底"]),
    ("户 (enterprises are counted in 户)", &["} 家"]),
    ("CNY", &["\"元\", \"yuan\""]),
    ("entitlements, listings", &["support, sanctions, lists"]),
    ("等级上升、等级下降 (a better, a worse grade)", &["\"  升级\"", "\"  降级\""]),
    ("条 (events are counted in 条)", &["每笔", "逐笔", "一笔"]),
];

fn sources(folder: &Path, list: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("tests") && !path.ends_with(".venv") {
                sources(&path, list);
            }
        } else if path.extension().is_some_and(|e| e == "rs" || e == "py") {
            list.push(path);
        }
    }
}

#[test]
fn each_thing_has_one_noun() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut list = Vec::new();
    for folder in ["crates", "bindings"] {
        sources(&root.join(folder), &mut list);
    }
    assert!(list.len() > 100, "only {} files were found", list.len());
    list.sort();
    let mut wrong = Vec::new();
    for path in list {
        for (at, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for (noun, others) in NOUNS {
                if let Some(other) = others.iter().find(|other| line.contains(**other)) {
                    wrong.push(format!("{}:{}: `{other}` for {noun}", path.display(), at + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
