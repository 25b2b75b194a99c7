"""How people write states, categories and kinds of workers in ledgers of their own."""

from tomoiki.core.ledgers import Meaning

STATUS: dict[str, str | Meaning] = {
    **dict.fromkeys(("新規", "未対応", "未着手", "受付", "受付済", "Mới"), "open"),
    **dict.fromkeys(
        ("対応中", "継続", "継続中", "支援中", "進行中", "継続対応", "対応継続", "Đang hỗ trợ", "Đang xử lý"), "active"
    ),
    **dict.fromkeys(("保留", "様子見", "保留中", "結果待ち", "経過観察", "待ち", "Tạm hoãn"), "waiting"),
    **dict.fromkeys(
        ("完了", "解決", "終了", "済", "終結", "対応済", "対応済み", "完了済", "解決済", "解決済み", "クローズ", "Xong",
         "Đã xong", "Hoàn thành"),
        "closed",
    ),
}  # fmt: skip

CATEGORY = {
    "解雇": "dismissal", "雇止め": "dismissal", "解雇・雇止め": "dismissal", "賃金未払い": "wage_unpaid",
    "賃金未払": "wage_unpaid", "給料未払い": "wage_unpaid", "残業": "overtime", "残業代": "overtime",
    "長時間労働": "overtime", "暴力": "violence", "パワハラ": "violence", "セクハラ": "sexual",
    "転籍": "transfer", "転職": "transfer", "失踪": "runaway", "労災": "industrial_accident", "病気": "illness",
    "けが": "illness", "医療": "illness", "妊娠": "pregnancy", "出産": "pregnancy", "妊娠・出産": "pregnancy",
    "住居": "housing", "住居喪失": "housing", "住まい": "housing", "生活困窮": "living", "生活": "living",
    "食料": "living", "在留資格": "visa", "ビザ": "visa", "在留": "visa", "帰国": "return_home",
    "帰国希望": "return_home", "就職": "job_search", "仕事": "job_search", "借金": "debt", "DV": "dv",
    "子ども": "childcare", "育児": "childcare", "結婚": "marriage", "離婚": "marriage", "学校": "school",
    "税金": "tax_insurance", "保険": "tax_insurance", "年金": "tax_insurance", "交通事故": "traffic",
    "その他": "other",
}  # fmt: skip

PRIORITY = {
    "緊急": "now", "至急": "now", "高": "now", "今すぐ": "now", "本日中": "today", "中": "normal", "通常": "normal",
    "普通": "normal", "低": "info", "情報": "info",
}  # fmt: skip

WORKER_TYPE = {
    "技能実習": "titp", "技能実習生": "titp", "実習生": "titp", "特定技能": "ssw", "技人国": "eng", "留学": "student",
    "留学生": "student", "家族滞在": "dependent", "特定活動": "designated", "その他": "other", "不明": "unknown",
}  # fmt: skip
