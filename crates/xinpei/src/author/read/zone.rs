//! Reads products of lenders and the ladder of cultivation.

use super::{Reader, maps, noted, text};
use crate::author::source::{Product, Rule, Tier, Tiers};
use crate::author::yaml::Node;

impl Reader<'_> {
    pub(super) fn products(&mut self, root: &Node) -> Vec<Product> {
        let Some(lender) = text(root, "lender") else { return Vec::new() };
        let lender = (lender.text, self.label(root, "label"));
        let mut products = Vec::new();
        for node in maps(root, "products") {
            let conditions =
                maps(node, "conditions").filter_map(|c| Some((self.label(c, "label"), c.get("when")?.clone())));
            let conditions = conditions.collect();
            let product = || {
                Some(Product {
                    id: text(node, "id")?,
                    label: self.label(node, "label"),
                    lender: lender.clone(),
                    basis: text(node, "basis").map_or_else(String::new, |t| t.text),
                    floor: text(node, "floor"),
                    conditions,
                    collateral: node.get("collateral").map(|n| self.label_of(n)),
                    limit: node.get("limit")?.clone(),
                    rate: node.get("rate").cloned(),
                    until: node.get("until").cloned(),
                })
            };
            let product = product();
            products.extend(noted(product, node, &mut self.unread));
        }
        products
    }

    pub(super) fn tiers(&mut self, root: &Node) -> Option<Tiers> {
        let tier = |node| {
            Some(Tier {
                id: text(node, "id")?,
                label: self.label(node, "label"),
                basis: text(node, "basis").map_or_else(String::new, |t| t.text),
                floor: text(node, "floor"),
                when: node.get("when").cloned(),
            })
        };
        let tiers = maps(root, "tiers").filter_map(tier).collect();
        Some(Tiers {
            tiers,
            line: text(root, "line")?,
            selection: self.rules(root, "selection"),
            bars: self.rules(root, "bars"),
            success: self.rules(root, "success"),
            removal: self.rules(root, "removal"),
        })
    }

    fn rules(&mut self, root: &Node, key: &str) -> Vec<Rule> {
        let mut rules = Vec::new();
        for node in maps(root, key) {
            let rule = || {
                Some(Rule {
                    id: text(node, "id")?,
                    label: self.label(node, "label"),
                    basis: text(node, "basis").map_or_else(String::new, |t| t.text),
                    when: node.get("when")?.clone(),
                })
            };
            let rule = rule();
            rules.extend(noted(rule, node, &mut self.unread));
        }
        rules
    }
}
