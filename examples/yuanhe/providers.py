"""What the utilities, the committee and the central bank would export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from population import Draws, Enterprise, months, step
from spelling import KEY, NAME, gap, revenue, sales, season
from table import Cell, Column, Table


def tables(population: Sequence[Enterprise]) -> list[Table]:
    return [
        power_accounts(population),
        power_bills(population),
        water_accounts(population),
        water_bills(population),
        statements(population),
        cash_flows(population),
        archive(population),
    ]


def bills(e: Enterprise) -> list[tuple[date, int, int, int]]:
    """Month, energy in kWh, unpaid fen, days late."""
    d, q = Draws("bills", e.index), e.q("power")
    p = step(q, (-1.6, 0.55), (-0.9, 0.26), (-0.1, 0.13), (1.0, 0.06), top=0.01)
    # Energy per 10 000 yuan of sales.
    intensity = {"materials": 900, "chemicals": 800, "energy": 500, "textiles": 420, "trade": 40, "services": 50}
    per = intensity.get(e.sector, 260) * d.between(60, 140) // 100
    record: list[tuple[date, int, int, int]] = []
    for month in e.active_months(date(2026, 5, 1), 12):
        energy = e.revenue // 1_000_000 * per * season(month) // 12_000 + d.between(20, 300)
        late = d.between(1, 12) if d.chance(0.6) else d.between(13, 75)
        days = late if d.chance(p) else 0
        open_now = days > 0 and q < -0.9 and month >= date(2026, 1 if q < -1.5 else 3, 1)
        record.append((month, energy, energy * 68 * d.between(30, 100) // 100 if open_now else 0, days))
    return record


def power_accounts(population: Sequence[Enterprise]) -> Table:
    columns = [
        Column("户号", "text"),
        KEY,
        NAME,
        Column("欠缴电费", "money", "power.arrears"),
        Column("最早欠费日", "date", "power.arrears_since"),
        Column("还款协议", "flag", "power.repayment_agreed"),
        Column("近12个月用电量", "count", "power.energy_year"),
        Column("上期12个月用电量", "count", "power.energy_year_before"),
        Column("窃电查处日", "date", "power.theft_on"),
        Column("违约用电查处日", "date", "power.misuse_on"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q, record = e.draws("power"), e.q("power"), bills(e)
        unpaid = [(month, fen) for month, _, fen, _ in record if fen]
        arrears = sum(fen for _, fen in unpaid)
        energy = sum(kwh for _, kwh, _, _ in record)
        before = int(energy / (1 + 0.7 * e.growth + 0.05 * d.normal()))
        theft = d.recent(1000) if q < -2.4 else None
        misuse = d.recent(700) if q < -1.9 and d.chance(0.5) else None
        since = unpaid[0][0] + timedelta(days=45) if unpaid else None
        agreed = bool(unpaid) and q > -1.5 and d.chance(0.6)
        full_year = e.established < date(2024, 6, 1)
        row: list[Cell] = [f"YH{e.index:06d}", e.code, e.name, arrears, since, agreed, energy]
        rows.append([*row, before if full_year else None, theft, misuse])
    return Table("供电公司_用电户.csv", columns, rows, dates="slash", flags=("Y", "N"), grouped=True)


def power_bills(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("电费月份", "date", "period"),
        Column("用电量", "count", "energy"),
        Column("电费", "money", "amount"),
        Column("未缴金额", "money", "unpaid"),
        Column("逾期天数", "count", "days_late"),
    ]
    rows: list[list[Cell]] = [
        [e.code, month, kwh, kwh * 68, unpaid, days] for e in population for month, kwh, unpaid, days in bills(e)
    ]
    return Table("供电公司_电费.csv", columns, rows, dates="slash", events="power.bills")


def water_accounts(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("户名", "name"),
        Column("欠缴水费", "money", "water.arrears"),
        Column("违规用水", "flag", "water.illegal_use"),
        Column("抄表员备注", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("water"), e.q("water")
        arrears = e.employees * d.between(5, 200) * 100 if q < -1.2 else 0
        rows.append([e.code, e.name, arrears, q < -2.1, "换表" if d.chance(0.03) else None])
    return Table("水务公司_用水户.csv", columns, rows, flags=("1", "0"), wide=True)


def water_bills(population: Sequence[Enterprise]) -> Table:
    """Delivered in February, so it ends with January."""
    columns = [
        KEY,
        Column("水费月份", "date", "period"),
        Column("用水量", "count", "volume"),
        Column("未缴金额", "money", "unpaid"),
        Column("逾期天数", "count", "days_late"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = Draws("water-bills", e.index), e.q("water")
        p = step(q, (-1.2, 0.5), (-0.4, 0.25), (0.6, 0.08), top=0.0)
        for month in e.active_months(date(2026, 1, 1), 6):
            volume = e.employees * d.between(2, 9)
            late = d.between(3, 90) if d.chance(p) else 0
            rows.append([e.code, month, volume, volume * 420 if late > 60 else 0, late])
    return Table("水务公司_水费.csv", columns, rows, dates="chinese", events="water.bills")


def statements(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("报表日期", "date", "finance.statements_on"),
        Column("审计情况", "category", "finance.audited"),
        Column("资产总额(万元)", "wan", "finance.assets"),
        Column("负债总额(万元)", "wan", "finance.liabilities"),
        Column("流动资产(万元)", "wan", "finance.current_assets"),
        Column("流动负债(万元)", "wan", "finance.current_liabilities"),
        Column("应收账款(万元)", "wan", "finance.receivables"),
        Column("营业收入(万元)", "wan", "finance.revenue"),
        Column("上年营业收入(万元)", "wan", "finance.revenue_before"),
        Column("净利润(万元)", "wan", "finance.net_profit", signed=True),
        Column("利息支出(万元)", "wan", "finance.interest"),
        Column("息税前利润(万元)", "wan", "finance.ebit", signed=True),
        Column("经营现金流净额(万元)", "wan", "finance.operating_cash", signed=True),
        Column("主要产品", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("finance"), e.q("finance")
        income = revenue(e)
        if not e.statements or e.established >= date(2025, 7, 1) or e.ended or not income:
            continue
        owed = min(140, max(12, int(61 - 12 * q + 6 * d.normal())))  # per cent of assets
        assets = income * d.between(60, 150) // 100
        current = assets * d.between(45, 70) // 100
        due = min(assets * owed // 100, int(current / max(0.4, 1.3 + 0.4 * q + 0.15 * d.normal())))
        ebit = income * int(48 + 42 * q + 15 * d.normal()) // 1000
        interest = assets * owed * d.between(0, 4) // 10_000
        profit = (ebit - interest) * (80 if ebit > interest else 100) // 100
        cash = profit * d.between(60, 130) // 100 + income * int(8 + 14 * q) // 1000
        audit = step(
            q + d.normal() + {"micro": -1.2, "small": 0.0, "medium": 1.2}[e.size], (0.4, "unaudited"), top="unqualified"
        )
        rows.append(
            [
                e.code,
                e.name,
                step(q + d.normal(), (-2.2, date(2024, 12, 31)), (-0.8, date(2025, 12, 31)), top=date(2026, 3, 31)),
                "qualified" if q < -1.7 else audit,
                assets,
                assets * owed // 100,
                current,
                due,
                gap(d, current * d.between(15, 50) // 100),
                income * d.between(985, 1015) // 1000,
                None if e.established.year >= 2024 else int(income / (1 + e.growth)),
                profit,
                gap(d, interest),
                ebit,
                gap(d, cash),
                "（略）",
            ]
        )
    return Table("袁河平台管委会_财务报表.csv", columns, rows, grouped=True)


def cash_flows(population: Sequence[Enterprise]) -> Table:
    """Twelve months of those small and medium enterprises that hand in statements."""
    columns = [
        KEY,
        Column("月份", "date", "period"),
        Column("流入", "money", "inflow"),
        Column("流出", "money", "outflow"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = Draws("cash", e.index), e.q("finance")
        if not e.statements or e.size == "micro" or e.established >= date(2025, 7, 1) or e.ended:
            continue
        swing = step(q, (-1.0, 160), (0.0, 70), (0.9, 45), top=30)  # per mille of inflow
        for month in months(date(2026, 5, 1), 12):
            inflow = sales(e, month) * d.between(95, 105) // 100
            margin = int(70 + 25 * q + swing * d.normal())
            rows.append([e.code, month, inflow, max(0, inflow * (1000 - margin) // 1000)])
    return Table("袁河平台管委会_月度现金流.csv", columns, rows, dates="plain", events="finance.cash_flows")


def archive(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("已建档", "flag", "archive.filed"),
        Column("档案更新日", "date", "archive.updated_on"),
        Column("贷款余额", "money", "bank.loans"),
        Column(
            "最差分类",
            "category",
            "bank.classification",
            {
                "none": "无贷款",
                "normal": "正常",
                "special": "关注",
                "substandard": "次级",
                "doubtful": "可疑",
                "loss": "损失",
            },
        ),
        Column("逾期贷款", "money", "bank.overdue"),
        Column("最早逾期日", "date", "bank.overdue_since"),
        Column("对外担保", "money", "bank.guarantees"),
        Column("逃废债", "flag", "bank.debt_evasion"),
        Column("风险缓释", "flag", "bank.mitigated"),
        Column("最近授信日", "date", "bank.last_credit_on"),
        Column("查询用途", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("bank"), e.q("bank")
        filed = d.chance(0.9)
        borrows = d.chance({"micro": 0.35, "small": 0.65, "medium": 0.9}[e.size])
        loans = e.revenue * d.between(5, 40) // 100 if borrows else 0
        classes = ((-2.4, "loss"), (-2.1, "doubtful"), (-1.8, "substandard"), (-1.2, "special"))
        late = borrows and q < -1.35
        rows.append(
            [
                e.code,
                e.name,
                filed,
                d.recent(85 if d.chance(0.8) else 400) if filed else None,
                loans,
                step(q, *classes, top="normal") if borrows else "none",
                loans * d.between(3, 50) // 100 if late else 0,
                d.recent(200) if late else None,
                e.revenue * d.between(2, 25) // 100 if d.chance(0.08) else 0,
                borrows and q < -2.4,
                borrows and d.chance(0.25),
                d.recent(1100) if borrows or d.chance(0.1) else None,
                "信用培植",
            ]
        )
    return Table("中国人民银行_信用档案.csv", columns, rows, dates="dash", grouped=True)
