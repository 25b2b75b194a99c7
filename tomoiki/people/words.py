"""How people write statuses of residence, genders and nationalities in lists of their own."""

from collections.abc import Mapping

from tomoiki.core.ledgers import Meaning

GENDER = {
    "M": "male", "男": "male", "男性": "male", "Nam": "male",
    "F": "female", "女": "female", "女性": "female", "Nữ": "female",
    "その他": "other", "Khác": "other",
}  # fmt: skip

NATIONALITY = {
    "ベトナム": "VNM", "ヴェトナム": "VNM", "越南": "VNM", "ベトナム社会主義共和国": "VNM", "VN": "VNM",
    "Việt Nam": "VNM", "Vietnamese": "VNM",
    "日本": "JPN", "JP": "JPN", "中国": "CHN", "CN": "CHN", "インドネシア": "IDN", "ID": "IDN",
    "カンボジア": "KHM", "ミャンマー": "MMR", "ネパール": "NPL", "フィリピン": "PHL", "タイ": "THA",
}  # fmt: skip

LANGUAGE = {
    "ベトナム語": "vi",
    "越語": "vi",
    "日本語": "ja",
    "英語": "en",
    "中国語": "zh",
    "ネパール語": "ne",
}

SSW_FIELD = {
    "介護": "care", "ビルクリーニング": "building_cleaning", "工業製品製造業": "manufacturing",
    "製造業": "manufacturing", "素形材・産業機械・電気電子情報関連製造業": "manufacturing",
    "建設": "construction", "造船・舶用工業": "shipbuilding", "造船": "shipbuilding",
    "自動車整備": "auto_repair", "航空": "aviation", "宿泊": "hotel", "自動車運送業": "auto_transport",
    "鉄道": "railway", "農業": "agriculture", "漁業": "fishery", "飲食料品製造業": "food_mfg",
    "飲食料品": "food_mfg", "外食業": "food_service", "外食": "food_service", "林業": "forestry",
    "木材産業": "wood", "リネンサプライ": "linen", "物流倉庫": "warehouse", "資源循環": "recycling",
}  # fmt: skip

_NAMES = {
    "diplomat": ("外交", "Ngoại giao"),
    "official": ("公用", "Công vụ"),
    "professor": ("教授", "Giáo sư"),
    "artist": ("芸術", "Nghệ thuật"),
    "religious": ("宗教", "Tôn giáo"),
    "journalist": ("報道", "Báo chí"),
    "hsp1a": ("高度専門職1号イ", "高度専門職1号(イ)"),
    "hsp1b": ("高度専門職1号ロ", "高度専門職1号(ロ)"),
    "hsp1c": ("高度専門職1号ハ", "高度専門職1号(ハ)"),
    "hsp2": ("高度専門職2号",),
    "business": ("経営・管理", "経営管理"),
    "legal": ("法律・会計業務",),
    "medical": ("医療", "Y tế"),
    "researcher": ("研究",),
    "instructor": ("教育", "Giáo dục"),
    "eng_hum_intl": ("技術・人文知識・国際業務", "技人国", "技術人文知識国際業務", "技術・人文・国際"),
    "ict": ("企業内転勤", "企業内転勤1号"),
    "ict2": ("企業内転勤2号",),
    "care": ("介護", "Điều dưỡng", "Hộ lý"),
    "entertainer": ("興行",),
    "skilled": ("技能",),
    "ssw1": ("特定技能1号", "特定技能(1号)", "特定1号", "Kỹ năng đặc định số 1", "Tokutei 1"),
    "ssw2": ("特定技能2号", "特定技能(2号)", "特定2号", "Kỹ năng đặc định số 2", "Tokutei 2"),
    "titp1a": ("技能実習1号イ", "技能実習1号(イ)", "技能実習第1号イ"),
    "titp1b": ("技能実習1号ロ", "技能実習1号(ロ)", "技能実習第1号ロ"),
    "titp2a": ("技能実習2号イ", "技能実習2号(イ)", "技能実習第2号イ"),
    "titp2b": ("技能実習2号ロ", "技能実習2号(ロ)", "技能実習第2号ロ"),
    "titp3a": ("技能実習3号イ", "技能実習3号(イ)", "技能実習第3号イ"),
    "titp3b": ("技能実習3号ロ", "技能実習3号(ロ)", "技能実習第3号ロ"),
    "esd": ("育成就労", "Ikusei Shūrō"),
    "cultural": ("文化活動",),
    "temporary": ("短期滞在", "短期", "Lưu trú ngắn hạn"),
    "student": ("留学", "留学生", "Du học", "Du học sinh"),
    "trainee": ("研修", "Tu nghiệp"),
    "dependent": ("家族滞在", "家族", "Đoàn tụ gia đình"),
    "designated": ("特定活動", "特活", "Hoạt động đặc định"),
    "permanent": ("永住者", "永住", "Vĩnh trú"),
    "spouse_jp": ("日本人の配偶者等", "日配", "日本人配偶者"),
    "spouse_pr": ("永住者の配偶者等", "永配", "永住者配偶者"),
    "longterm": ("定住者", "定住", "Định trú"),
    "special_pr": ("特別永住者",),
    "unknown": ("不明", "Không rõ"),
}

# what is no status of residence but is written in its column (DOMAIN 2.1): how the person stays
_SITUATIONS = {
    "特例期間": "special_period", "特例期間中": "special_period", "仮放免": "provisional",
    "Tạm tha": "provisional", "監理措置": "supervised", "不法残留": "overstay", "オーバーステイ": "overstay",
    "Quá hạn": "overstay", "出国命令": "departure_order", "退去強制": "deport_order",
    "難民申請中": "refugee_pending", "収容中": "detained", "収容": "detained",
}  # fmt: skip

SITUATION = {**_SITUATIONS, "正規": "regular", "正規在留": "regular", "不明": "unknown"}


def _with_field() -> Mapping[str, Meaning]:
    return {
        f"特定技能{stage}号({name})": Meaning(f"ssw{stage}", {"ssw_field": code})
        for stage in (1, 2)
        for name, code in SSW_FIELD.items()
    }


RESIDENCE_STATUS: Mapping[str, str | Meaning] = {
    **{name: code for code, names in _NAMES.items() for name in names},
    **_with_field(),
    **{word: Meaning("unknown", {"situation": code}) for word, code in _SITUATIONS.items()},
}
