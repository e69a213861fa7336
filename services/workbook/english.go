package workbook

// englishSubjects gives the catalogue's names of subjects that gradebooks in English shorten, by the keys of what they write.
var englishSubjects = map[string]string{
	"math": "Toán", "vietnameseliterature": "Ngữ văn", "it": "Tin học", "ict": "Tin học", "informationtechnology": "Tin học", "computerscience": "Tin học",
	"civics": "Giáo dục công dân", "civiceducation": "Giáo dục công dân",
	"nationaldefence": "Giáo dục quốc phòng và an ninh", "nationaldefense": "Giáo dục quốc phòng và an ninh",
	"nationaldefenseeducation": "Giáo dục quốc phòng và an ninh", "nationaldefenceandsecurityeducation": "Giáo dục quốc phòng và an ninh",
	"pe": "Thể dục", "foreignlanguage2": "Ngoại ngữ 2", "secondforeignlanguage": "Ngoại ngữ 2",
	"economicandlegaleducation": "Giáo dục kinh tế và pháp luật", "music": "Âm nhạc", "fineart": "Mĩ thuật", "finearts": "Mĩ thuật", "art": "Mĩ thuật",
}
