"""How people write industries and roles of companies in lists of their own."""

INDUSTRY = {
    "介護": "care", "福祉": "care", "清掃": "cleaning", "ビルクリーニング": "cleaning",
    "建設": "construction", "建築": "construction", "土木": "construction", "塗装": "painting",
    "金属": "metal", "鉄工": "metal", "精機": "machinery", "機械": "machinery", "製造": "machinery",
    "電子": "electronics", "電気": "electronics", "縫製": "sewing", "造船": "shipbuilding",
    "自動車": "automobile", "自動車整備": "automobile", "食品": "food", "食品加工": "food",
    "外食": "restaurant", "飲食": "restaurant", "宿泊": "accommodation", "ホテル": "accommodation",
    "農業": "agriculture", "農園": "agriculture", "農": "agriculture", "水産": "fishery", "漁業": "fishery",
    "林業": "forestry", "木材": "forestry", "物流": "logistics", "運送": "logistics", "倉庫": "logistics",
    "商事": "trade", "商社": "trade", "貿易": "trade", "小売": "trade", "教育": "education",
    "学校": "education", "情報通信": "it", "その他": "other",
}  # fmt: skip

ROLE = {
    "受入企業": "employer", "実習実施者": "employer", "勤務先": "employer", "企業": "employer",
    "監理団体": "supervising", "登録支援機関": "support", "送出機関": "sending", "送り出し機関": "sending",
    "学校": "school", "助成元": "grantor", "助成団体": "grantor", "寄附者": "donor", "寄付者": "donor",
}  # fmt: skip
