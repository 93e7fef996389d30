"""What the registrar, the tax bureau and the court would export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from population import AS_OF, Draws, Enterprise, step
from spelling import KEY, LEVELS, NAME, PERMITS, TAX, gap, permit, revenue, sales
from table import Cell, Column, Table


def tables(population: Sequence[Enterprise]) -> list[Table]:
    return [
        register(population),
        market_lists(population),
        changes(population),
        tax_credit(population),
        filings(population),
        court_lists(population),
        cases(population),
        lawsuits(population),
    ]


def register(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column(
            "登记状态",
            "category",
            "registry.status",
            {"operating": "存续", "suspended": "歇业", "deregistered": "注销", "revoked": "吊销"},
        ),
        Column("成立日期", "date", "registry.established"),
        Column("企业规模", "category", "registry.size", {"medium": "中型", "small": "小型", "micro": "微型"}),
        Column("注册资本(万元)", "wan", "registry.capital"),
        Column("实缴资本(万元)", "wan", "registry.paid_capital"),
        Column(
            "上年度年报",
            "category",
            "registry.annual_report",
            {"on_time": "按期报送", "late": "逾期补报", "unfiled": "未报送"},
        ),
        Column("住所可联系", "flag", "registry.address_confirmed"),
        Column("行业许可", "category", "registry.licence", PERMITS),
        Column("许可有效期至", "date", "registry.licence_until"),
        Column("守合同重信用", "category", "registry.contract_honour", {"none": "无", **LEVELS}),
        Column(
            "商标",
            "category",
            "registry.trademark",
            {"none": "无", "registered": "注册商标", "provincial": "省著名商标", "well_known": "驰名商标"},
        ),
        Column("登记机关", "text"),
        Column("备注", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("market"), e.q("market")
        low, high = {"micro": (10, 300), "small": (100, 2000), "medium": (1000, 9000)}[e.size]
        capital = d.between(low // 10, high // 10) * 10
        paid = capital * step(q + 0.8 * d.normal(), (-1.0, 20), (-0.2, 50), (0.8, 80), top=100) // 100
        licence = permit(d, e.needs("l"), q)
        until = d.day(date(2026, 7, 15), date(2030, 6, 30)) if licence == "valid" else d.recent(500)
        trade = q + d.normal()
        rows.append(
            [
                e.code,
                e.name,
                e.status,
                e.established,
                gap(d, e.size, 0.01),
                capital * 1_000_000,
                gap(d, paid * 1_000_000, 0.04),
                None
                if e.established >= date(2026, 1, 1)
                else step(q, (-2.0, "unfiled"), (-1.35, "late"), top="on_time"),
                gap(d, q > -2.0, 0.02),
                licence,
                until if licence in ("valid", "expired") else None,
                step(q, (1.0, "none"), (1.4, "county"), (1.8, "city"), (2.5, "province"), top="national"),
                step(trade, (0.3, "none"), (2.4, "registered"), (4.0, "provincial"), top="well_known"),
                "袁河工业平台市场监管分局",
                "迁入企业" if d.chance(0.04) else None,
            ]
        )
    return Table("市场监督管理局_企业登记.csv", columns, rows, encoding="gbk", newline="\r\n", grouped=True)


def market_lists(population: Sequence[Enterprise]) -> Table:
    """One row for each enterprise that is on a list, pledged or mortgaged; nobody else."""
    columns = [
        KEY,
        NAME,
        Column("经营异常名录", "flag", "registry.abnormal"),
        Column("列入异常日期", "date", "registry.abnormal_since"),
        Column("近三年列入次数", "count", "registry.abnormal_times"),
        Column("严重违法失信", "flag", "registry.seriously_illegal"),
        Column("列入严重违法日期", "date", "registry.seriously_illegal_on"),
        Column("股权出质比例", "percent", "registry.pledged_share"),
        Column("股权冻结", "flag", "registry.equity_frozen"),
        Column("动产抵押金额", "money", "registry.chattel_mortgage"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("lists"), e.q("market")
        abnormal = q < -2.0 or d.chance(0.004)
        times = d.between(1, 3) if abnormal else int(q < -1.1 and d.chance(0.6))
        illegal = q < -2.5 or d.chance(0.002)
        pledged = d.between(1000, 9000) if d.chance(0.06) else 0
        frozen = e.q("court") < -1.95
        mortgage = e.revenue // 10 * d.between(1, 4) if d.chance(0.1) else 0
        since = d.recent(1500) if abnormal else None
        listed = d.recent(1000) if illegal else None
        if abnormal or times or illegal or pledged or frozen or mortgage:
            rows.append([e.code, e.name, abnormal, since, times, illegal, listed, pledged, frozen, mortgage])
    return Table("市场监督管理局_名录与质押.csv", columns, rows, flags=("有", "无"), grouped=True)


def changes(population: Sequence[Enterprise]) -> Table:
    kinds = {
        "representative": "法定代表人",
        "shareholder": "股东",
        "capital": "注册资本",
        "address": "住所",
        "scope": "经营范围",
        "name": "名称",
    }
    weights = {"representative": 2.0, "shareholder": 2.0, "capital": 2.0, "address": 2.0, "scope": 4.0, "name": 1.0}
    columns = [KEY, Column("变更日期", "date", "made_on"), Column("变更事项", "category", "kind", kinds)]
    rows: list[list[Cell]] = []
    for e in population:
        d = e.draws("changes")
        for _ in range(step(d.unit(), (0.35, 0), (0.7, 1), (0.9, 2), top=3)):
            rows.append(
                [e.code, d.day(max(e.established, date(2023, 7, 1)), AS_OF - timedelta(10)), d.weighted(weights)]
            )
    return Table("市场监督管理局_变更登记.csv", columns, rows, dates="chinese", events="registry.changes")


def tax_credit(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("纳税缴费信用级别", "category", "tax.grade", TAX),
        Column("上年度级别", "category", "tax.last_grade"),
        Column("欠税余额", "money", "tax.arrears"),
        Column("最早欠税日期", "date", "tax.arrears_since"),
        Column("欠缴非税费款", "money", "tax.fee_arrears"),
        Column("上年度实缴税款", "money", "tax.paid"),
        Column("再上年度实缴税款", "money", "tax.paid_before"),
        Column("应补税款", "money", "tax.found"),
        Column("应补占应纳比例", "share", "tax.found_share"),
        Column("应补税款已缴清", "flag", "tax.found_settled"),
        Column("重大税收违法", "flag", "tax.major_dishonesty"),
        Column("重大违法确定日期", "date", "tax.major_dishonesty_on"),
        Column("非正常户", "flag", "tax.abnormal_household"),
        Column("主管税务机关", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("tax"), e.q("tax")
        young = (AS_OF - e.established).days < 3 * 365
        grade = step(q, (-1.9, "D"), (-1.1, "C"), (-0.1, "M"), (1.0, "B"), top="B" if young else "A")
        last = step(q + 0.35 * d.normal(), (-1.9, "D"), (-1.1, "C"), (-0.1, "M"), (1.0, "B"), top="A")
        owes = q < -0.85
        income = revenue(e)
        paid = income * d.between(18, 42) // 1000
        arrears = paid * d.between(2, 40) // 100 if owes else 0
        found = e.revenue * d.between(1, 12) // 1000 if d.chance(0.05) or q < -1.6 else 0
        major = q < -2.55 or d.chance(0.002)
        rows.append(
            [
                e.code,
                e.name,
                gap(d, "M" if (AS_OF - e.established).days < 365 and grade not in ("C", "D") else grade, 0.01),
                None if (AS_OF - e.established).days < 730 else last,
                arrears,
                d.day(max(e.established, AS_OF - timedelta(700)), AS_OF - timedelta(20)) if owes else None,
                e.revenue // 1000 * d.between(1, 4) if q < -0.95 and d.chance(0.6) else 0,
                paid if income else None,
                None if e.established.year >= 2025 else int(paid / (1 + e.growth + 0.06 * d.normal())),
                found,
                found * 10_000 // (paid + found) if found else 0,
                (q > -1.9) if found else None,
                major,
                d.recent(800) if major else None,
                q < -2.4 or e.status == "revoked",
                "袁河税务分局",
            ]
        )
    return Table("税务局_纳税缴费信用.csv", columns, rows, encoding="gbk", dates="plain", grouped=True)


def filings(population: Sequence[Enterprise]) -> Table:
    """Seventeen months: the whole of last year, which the reported revenue is compared with, and this year's five."""
    columns = [
        KEY,
        Column("所属期", "date", "period"),
        Column("申报情况", "category", "status", {"on_time": "按期", "late": "逾期已纠正", "missed": "逾期未纠正"}),
        Column("逾期天数", "count", "days_late"),
        Column("应纳税额", "money", "due"),
        Column("销售额", "money", "sales"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("filings"), e.q("tax")
        p = step(q, (-1.9, 0.26), (-1.2, 0.16), (-0.3, 0.09), (0.9, 0.05), top=0.02)
        hidden = step(q + d.normal(), (-1.4, 250), (-0.5, 120), (0.5, 60), top=d.between(0, 35))
        for month in e.active_months(date(2026, 5, 1), 17):
            late = d.chance(p)
            status = ("missed" if d.chance(0.25) else "late") if late else "on_time"
            declared = sales(e, month) * (1000 - hidden) // 1000
            overdue = (AS_OF - month).days - 46
            days = {"on_time": 0, "late": d.between(1, max(1, min(90, overdue))), "missed": max(1, overdue)}[status]
            rows.append([e.code, month, status, days, declared * 3 // 100, declared])
    return Table("税务局_纳税申报.csv", columns, rows, dates="plain", events="tax.filings")


def court_lists(population: Sequence[Enterprise]) -> Table:
    """One row for each enterprise under a measure of the court; nobody else."""
    behaviours = ["refuses", "obstructs", "evades", "conceals", "spends", "breaks"]
    columns = [
        KEY,
        Column("失信被执行人", "flag", "court.dishonest"),
        Column("列入日期", "date", "court.dishonest_on"),
        Column(
            "失信行为情形",
            "category",
            "court.dishonest_behaviour",
            {
                "refuses": "有履行能力而拒不履行",
                "obstructs": "伪造证据、暴力、威胁",
                "evades": "虚假诉讼、隐匿转移财产",
                "conceals": "违反财产报告制度",
                "spends": "违反限制消费令",
                "breaks": "无正当理由拒不履行和解协议",
            },
        ),
        Column("限制消费", "flag", "court.consumption_limited"),
        Column(
            "破产程序",
            "category",
            "court.insolvency",
            {"none": "无", "restructuring": "重整或和解", "liquidation": "破产清算"},
        ),
        Column("单位犯罪判决日", "date", "court.convicted_on"),
        Column("承办法官", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("court-lists"), e.q("court")
        dishonest = defaulter(e)
        limited = dishonest or q < -1.75
        insolvency = step(q, (-2.7, "liquidation"), (-2.35, "restructuring"), top="none")
        convicted = d.recent(1500) if d.chance(0.012) else None
        if limited or insolvency != "none" or convicted:
            listed = d.recent(700) if dishonest else None
            behaviour = d.pick(behaviours) if dishonest else None
            rows.append([e.code, dishonest, listed, behaviour, limited, insolvency, convicted, "（略）"])
    return Table("人民法院_失信与限消.csv", columns, rows, dates="chinese")


def defaulter(e: Enterprise) -> bool:
    """Whether the court lists it: the worst, and now and then one whose other records are fine."""
    return e.q("court") < -2.05 or Draws("defaulter", e.index).chance(0.004)


def cases(population: Sequence[Enterprise]) -> Table:
    columns = [
        Column("执行案号", "text"),
        KEY,
        Column("立案日期", "date", "filed"),
        Column(
            "状态",
            "category",
            "status",
            {"open": "执行中", "performed": "履行完毕", "settled": "执行和解", "terminated": "终结本次执行"},
        ),
        Column("应履行金额", "money", "due"),
        Column("已履行金额", "money", "performed"),
    ]
    found: list[tuple[date, list[Cell]]] = []
    for e in population:
        d, q = e.draws("cases"), e.q("court")
        count = step(q, (-2.05, 3), (-1.6, 2), (-1.0, 1), (-0.1, int(d.chance(0.35))), top=int(d.chance(0.06)))
        for n in range(max(count, int(defaulter(e)))):
            filed = d.day(max(e.established, date(2023, 1, 1)), AS_OF - timedelta(15))
            bad = q < -1.4 or (n == 0 and defaulter(e))
            status = d.weighted(
                {"open": 5, "terminated": 2, "settled": 1} if bad else {"performed": 7, "settled": 2, "open": 1}
            )
            due = e.revenue // 1000 * d.between(3, 120)
            paid = due if status == "performed" else due * d.between(0, 60) // 100
            found.append((filed, [None, e.code, filed, status, due, paid]))
    rows: list[list[Cell]] = []
    for serial, (filed, row) in enumerate(sorted(found, key=lambda pair: (pair[0], str(pair[1][1]))), 1):
        rows.insert(0, [f"（{filed.year}）虚0000执{serial}号", *row[1:]])
    return Table("人民法院_执行案件.csv", columns, rows, dates="chinese", grouped=True, events="court.cases")


def lawsuits(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("立案日期", "date", "filed"),
        Column("案由", "category", "cause"),
        Column("结果", "category", "result"),
        Column("标的额", "money", "amount"),
    ]
    causes = {"contract": 6.0, "loan": 2.0, "labour": 2.0, "infringement": 1.0, "other": 1.0}
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("lawsuits"), e.q("court")
        for _ in range(step(q + 0.7 * d.normal(), (-1.6, 3), (-0.9, 2), (0.0, 1), (1.2, int(d.chance(0.3))), top=0)):
            filed = d.day(max(e.established, date(2023, 1, 1)), AS_OF - timedelta(10))
            lost = {"lost": 5 if q < -0.8 else 2, "won": 2, "settled": 4}
            result = d.weighted({"pending": 3, **lost} if filed > date(2025, 10, 1) else lost)
            rows.append([e.code, filed, d.weighted(causes), result, e.revenue // 1000 * d.between(2, 80)])
    return Table("人民法院_涉诉案件.csv", columns, rows, dates="slash", small=True, events="court.lawsuits")
