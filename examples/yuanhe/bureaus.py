"""What the labour bureau, the credit office, the technical bureaus and customs would export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from population import AS_OF, Draws, Enterprise, step
from spelling import KEY, NAME, gap, permit, revenue
from table import Cell, Column, Table


def tables(population: Sequence[Enterprise]) -> list[Table]:
    return [
        employment(population),
        insurance(population),
        wages(population),
        credit(population),
        penalties(population),
        honours(population),
        environment(population),
        safety(population),
        accidents(population),
        hazards(population),
        industry(population),
        science(population),
        patents(population),
        customs(population),
    ]


def employment(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("从业人员", "count", "labour.employees"),
        Column("参保人数", "count", "labour.insured"),
        Column("欠缴社保费", "money", "labour.insurance_arrears"),
        Column("欠薪失信名单", "flag", "labour.wage_list"),
        Column("列入名单日期", "date", "labour.wage_listed_on"),
        Column("守法诚信等级", "category", "labour.compliance"),
        Column("仲裁败诉件数", "count", "labour.disputes_lost"),
        Column("劳动合同签订率(%)", "percent", "labour.contract_share"),
        Column("和谐劳动关系企业", "flag", "labour.harmonious"),
        Column("群体性事件", "flag", "labour.mass_incident"),
        Column("联系部门", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("labour"), e.q("labour")
        share = step(q, (-1.4, d.between(20, 60)), (-0.5, d.between(55, 88)), (0.8, d.between(85, 99)), top=100)
        listed = wage_list(e)
        rows.append(
            [
                e.code,
                e.name,
                e.employees,
                e.employees * share // 100,
                sum(owed for _, _, owed in insurance_record(e)),
                listed,
                d.day(date(2024, 9, 1), AS_OF - timedelta(20)) if listed else None,
                gap(d, step(q, (-1.8, "C"), (0.6, "B"), top="A"), 0.06),
                step(q + 0.5 * d.normal(), (-1.8, 3), (-0.8, 1), top=0),
                gap(d, min(10_000, step(q, (-1.2, 6500), (-0.2, 8600), top=9600) + d.between(0, 1400)), 0.03),
                q > 1.35,
                listed and d.chance(0.5),
                "劳动监察大队",
            ]
        )
    return Table("人力资源和社会保障局_用工参保.csv", columns, rows, bom=True, dates="dash")


def insurance_record(e: Enterprise) -> list[tuple[date, str, int]]:
    """Month, how it was paid, and what is still owed (fen)."""
    d, q = Draws("insurance", e.index), e.q("labour")
    p = step(q, (-1.6, 0.5), (-0.9, 0.22), (-0.1, 0.08), (0.9, 0.03), top=0.0)
    record: list[tuple[date, str, int]] = []
    for month in e.active_months(date(2026, 6, 1), 12):
        status = ("unpaid" if d.chance(0.4) else "partial") if d.chance(p) else "full"
        bill = e.employees * 110_000
        settled = d.chance(0.75)
        owed = 0 if status == "full" or settled else bill if status == "unpaid" else bill * d.between(10, 60) // 100
        record.append((month, status, owed))
    return record


def insurance(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("费款所属期", "date", "period"),
        Column("缴费情况", "category", "status", {"full": "足额", "partial": "部分", "unpaid": "未缴"}),
        Column("欠缴金额", "money", "owed"),
    ]
    rows: list[list[Cell]] = [[e.code, *month] for e in population for month in insurance_record(e)]
    return Table("人力资源和社会保障局_社保缴费.csv", columns, rows, bom=True, events="labour.insurance_months")


def wage_list(e: Enterprise) -> bool:
    return e.q("labour") < -2.25 or Draws("wages", e.index).chance(0.003)


def wages(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("查实日期", "date", "found"),
        Column("拖欠金额", "money", "amount"),
        Column("涉及人数", "count", "workers"),
        Column("责令支付期限", "date", "deadline"),
        Column("付清日期", "date", "paid_on"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("wages"), e.q("labour")
        listed = wage_list(e)
        if listed or q < -1.35 or d.chance(0.015):
            found = d.day(max(e.established, date(2024, 1, 1)), date(2024, 8, 1) if listed else date(2026, 5, 1))
            deadline = found + timedelta(days=30)
            workers = max(1, e.employees * d.between(10, 60) // 100)
            paid = None if listed or q < -2.0 else min(AS_OF - timedelta(3), found + timedelta(days=d.between(5, 70)))
            rows.append([e.code, found, workers * d.between(4, 18) * 100_000, workers, deadline, paid])
    return Table(
        "人力资源和社会保障局_欠薪记录.csv", columns, rows, bom=True, grouped=True, events="labour.wage_arrears"
    )


def credit(population: Sequence[Enterprise]) -> Table:
    ratings = {"excellent": "优", "good": "良", "medium": "中", "poor": "差"}
    columns = [
        KEY,
        NAME,
        Column("公开信用承诺", "flag", "credit.committed"),
        Column("失诺次数", "count", "credit.commitments_broken"),
        Column("公共信用综合评价", "category", "credit.public_rating", ratings),
        Column("其他严重失信名单数", "count", "credit.other_lists"),
        Column("数据来源", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("credit"), e.q("reform")
        rating = step(q, (-1.8, "poor"), (-0.6, "medium"), (0.7, "good"), top="excellent")
        broken = step(q, (-2.1, 2), (-1.5, 1), top=0)
        lists = int(q < -2.5 or d.chance(0.003))
        rows.append([e.code, e.name, d.chance(0.6 + 0.15 * q), broken, gap(d, rating, 0.05), lists, "省平台"])
    return Table("发展和改革局_信用信息.csv", columns, rows)


def penalties(population: Sequence[Enterprise]) -> Table:
    fields = {"market": 4.0, "tax": 2.0, "labour": 2.0, "environment": 2.0, "safety": 3.0, "other": 2.0}
    columns = [
        Column("决定书文号", "text"),
        KEY,
        Column("决定日期", "date", "made_on"),
        Column("失信程度", "category", "severity", {"minor": "轻微", "general": "一般", "serious": "严重"}),
        Column(
            "领域",
            "category",
            "field",
            {
                "market": "市场监管",
                "tax": "税务",
                "labour": "劳动",
                "environment": "生态环境",
                "safety": "安全生产",
                "other": "其他",
            },
        ),
        Column("罚没金额", "money", "fine"),
        Column("修复日期", "date", "repaired_on"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("penalties"), e.q("reform")
        for _ in range(step(q + 0.6 * d.normal(), (-1.7, 3), (-0.9, 2), (-0.1, 1), top=int(d.chance(0.12)))):
            made = d.day(max(e.established, date(2023, 7, 1)), AS_OF - timedelta(12))
            severity = d.weighted({"minor": 4.0, "general": 4.0, "serious": 2.0 if q < -1.2 else 0.4})
            fine = {"minor": (0, 20), "general": (20, 500), "serious": (500, 8000)}[severity]
            repaired = made + timedelta(days=d.between(40, 400))
            done = q > -1.2 and repaired < date(2026, 6, 18)
            serial = f"袁虚罚〔{made.year}〕{len(rows) + 1}号"
            amount = d.between(*fine) * 10_000
            rows.append([serial, e.code, made, severity, d.weighted(fields), amount, repaired if done else None])
    return Table(
        "发展和改革局_行政处罚.csv", columns, rows, dates="slash", grouped=True, sign="¥", events="credit.penalties"
    )


def honours(population: Sequence[Enterprise]) -> Table:
    columns = [KEY, Column("授予日期", "date", "granted"), Column("级别", "category", "level")]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("honours"), e.q("reform")
        for _ in range(step(q, (0.8, int(d.chance(0.03))), (1.5, 1), top=2)):
            granted = d.day(max(e.established, date(2023, 1, 1)), AS_OF - timedelta(20))
            rows.append(
                [
                    e.code,
                    granted,
                    step(q + d.normal(), (1.2, "county"), (2.4, "city"), (3.6, "province"), top="national"),
                ]
            )
    return Table("发展和改革局_行政表彰.csv", columns, rows, events="credit.honours")


def environment(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("环境信用评价", "category", "environment.rating"),
        Column("上年度评价", "category", "environment.rating_before"),
        Column("排污许可", "category", "environment.permit"),
        Column("环评手续齐全", "flag", "environment.assessed"),
        Column("监测超标率", "share", "environment.exceed_share"),
        Column("危废规范处置率", "share", "environment.hazardous_share"),
        Column("固废处置利用率", "share", "environment.solid_share"),
        Column("突发环境事件", "category", "environment.incident"),
        Column("网格员", "text"),
    ]
    rungs = ((-2.5, "black"), (-1.9, "red"), (-0.8, "yellow"), (1.1, "blue"))
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("environment"), e.q("environment")
        plant = e.needs("p")
        allowed = permit(d, plant, q)
        if allowed == "valid" and e.size == "micro":
            allowed = "registered"
        over = step(q, (-1.3, d.between(600, 2500)), (-0.5, d.between(100, 900)), (0.4, d.between(1, 300)), top=0)
        waste = min(10_000, step(q, (-1.3, 8800), (0.0, 9500), top=9900) + d.between(0, 900))
        solid = min(10_000, step(q, (-1.5, 7000), (0.0, 8600), top=9500) + d.between(0, 900))
        incident = step(q + 0.4 * d.normal(), (-2.6, "larger"), (-2.2, "general"), top="none")
        rows.append(
            [
                e.code,
                e.name,
                gap(d, step(q, *rungs, top="green"), 0.01 if plant else 0.08),
                gap(d, step(q + 0.35 * d.normal(), *rungs, top="green"), 0.04),
                allowed,
                gap(d, q > -1.7),
                gap(d, over if plant else 0, 0.02 if plant else 0.4),
                gap(d, waste if plant else 10_000, 0.02 if plant else 0.4),
                gap(d, solid, 0.02 if plant else 0.3),
                None if incident == "none" else incident,
                "（略）",
            ]
        )
    return Table("生态环境局_环境信用.csv", columns, rows, flags=("true", "false"))


def safety(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("安全生产许可", "category", "safety.licence"),
        Column(
            "标准化等级",
            "category",
            "safety.standard",
            {"none": "未达标", "basic": "小微达标", "third": "三级", "second": "二级", "first": "一级"},
        ),
        Column("严重失信主体", "flag", "safety.listed"),
        Column("持证上岗率(%)", "percent", "safety.trained_share"),
        Column("投保安责险", "flag", "safety.liability_insured"),
        Column("备注", "text"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("safety"), e.q("safety")
        basic = "basic" if e.size == "micro" else "third"
        standard = step(q, (-0.4, "none"), (0.8, basic), (1.5, "third"), (2.2, "second"), top="first")
        trained = min(10_000, step(q, (-1.0, 6000), (0.1, 8200), (0.9, 9200), top=10_000) + d.between(0, 1500))
        insured = q + 0.6 * d.normal() > 0.1
        rows.append(
            [e.code, e.name, permit(d, e.needs("s"), q), gap(d, standard), q < -2.55, trained, gap(d, insured), None]
        )
    return Table("应急管理局_安全生产.csv", columns, rows)


def accidents(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("发生日期", "date", "happened"),
        Column("等级", "category", "level"),
        Column("死亡人数", "count", "deaths"),
        Column("负有责任", "flag", "responsible"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("accidents"), e.q("safety")
        if d.chance(step(q, (-2.0, 0.7), (-1.2, 0.3), (0.0, 0.07), top=0.02)):
            level = d.weighted({"general": 9.0, "larger": 1.0})
            deaths = d.between(3, 5) if level == "larger" else d.between(0, 1)
            rows.append([e.code, d.day(date(2023, 7, 1), AS_OF - timedelta(10)), level, deaths, d.chance(0.7)])
    return Table("应急管理局_事故.csv", columns, rows, dates="dash", events="safety.accidents")


def hazards(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        Column("发现日期", "date", "found"),
        Column("隐患等级", "category", "level", {"general": "一般隐患", "major": "重大隐患"}),
        Column("整改期限", "date", "due"),
        Column("整改完成日期", "date", "rectified_on"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("hazards"), e.q("safety")
        for _ in range(d.between(0, step(q, (-1.3, 4), (0.0, 2), top=1))):
            found = d.day(max(e.established, date(2025, 7, 1)), date(2026, 6, 20))
            due = found + timedelta(days=d.between(7, 30))
            done = found + timedelta(days=d.between(3, 45))
            kept = q > -0.5 or d.chance(0.5)
            level = "major" if d.chance(0.12) else "general"
            rows.append([e.code, found, level, due, done if kept and done < date(2026, 6, 23) else None])
    return Table("应急管理局_隐患.csv", columns, rows, dates="slash", events="safety.hazards")


def industry(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("行业", "category", "industry.sector"),
        Column("产业政策", "category", "industry.policy"),
        Column("专精特新", "category", "industry.specialised"),
        Column("单项冠军", "flag", "industry.champion"),
        Column("填报人", "text"),
    ]
    policies = {"electronics": 0.8, "materials": 0.7, "energy": 0.85, "machinery": 0.5, "services": 0.4}
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("industry"), e.q("innovation")
        encouraged = d.chance(policies.get(e.sector, 0.15))
        held_back = d.weighted({"allowed": 90.0, "restricted": 8.0, "eliminated": 1.5})
        grown = q + {"micro": -0.7, "small": 0.1, "medium": 0.5}[e.size]
        level = step(grown, (0.8, "none"), (1.5, "innovative"), (2.4, "province"), top="giant")
        rows.append([e.code, e.name, e.sector, "encouraged" if encouraged else held_back, level, grown > 2.7, "（略）"])
    return Table("工业和信息化局_企业.csv", columns, rows)


def science(population: Sequence[Enterprise]) -> Table:
    columns = [
        KEY,
        NAME,
        Column("高新技术企业", "flag", "science.high_tech"),
        Column("高企证书有效期至", "date", "science.high_tech_until"),
        Column("科技型中小企业", "flag", "science.tech_sme"),
        Column("研发费用(万元)", "wan", "science.research_expense"),
        Column("研发平台", "category", "science.platform"),
    ]
    technical = ("electronics", "materials", "machinery", "energy", "chemicals")
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("science"), e.q("innovation") + (0.3 if e.sector in technical else -0.5)
        high = q > 1.15
        until = d.day(date(2026, 2, 1), date(2028, 12, 31)) if high else None
        spent = step(q, (-0.4, 0), (0.5, d.between(2, 20)), (1.3, d.between(15, 45)), top=d.between(30, 80))
        platform = step(q + 0.5 * d.normal(), (1.7, "none"), (2.2, "city"), (2.9, "province"), top="national")
        rows.append([e.code, e.name, high, until, q > 0.4, gap(d, revenue(e) * spent // 1000, 0.05), platform])
    return Table("科学技术局_企业.csv", columns, rows, dates="chinese", flags=("有", "无"))


def patents(population: Sequence[Enterprise]) -> Table:
    """One row for each enterprise that holds a right or broke one; nobody else."""
    columns = [
        KEY,
        Column("有效发明专利", "count", "property.inventions"),
        Column("实用新型与软著", "count", "property.utilities"),
        Column("侵权认定次数", "count", "property.infringements"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("property"), e.q("innovation")
        inventions = step(q, (0.7, 0), (1.4, d.between(0, 2)), (2.1, d.between(1, 6)), top=d.between(4, 20))
        utilities = step(q, (0.0, 0), (0.9, d.between(0, 6)), top=d.between(3, 20))
        infringed = int(e.q("court") < -1.5 and d.chance(0.4))
        if inventions or utilities or infringed:
            rows.append([e.code, inventions, utilities, infringed])
    return Table("知识产权局_专利.csv", columns, rows)


def customs(population: Sequence[Enterprise]) -> Table:
    """Customs uses words of its own, which the mapping translates; one row for each registered enterprise."""
    words = {"advanced": "AEO高级认证", "regular": "常规", "dishonest": "失信"}
    columns = [
        Column("海关编码", "text"),
        KEY,
        Column("信用等级", "category", "customs.class", words),
        Column("进口抵扣不符", "flag", "customs.import_mismatch"),
    ]
    rows: list[list[Cell]] = []
    for e in population:
        d, q = e.draws("customs"), e.q("customs")
        if e.size != "micro" and d.chance(0.45):
            level = step(q, (-1.5, "dishonest"), (1.0, "regular"), top="advanced")
            rows.append([f"0000{e.index:06d}", e.code, level, q < -1.7])
    return Table("海关_企业信用.csv", columns, rows, flags=("Y", "N"))
