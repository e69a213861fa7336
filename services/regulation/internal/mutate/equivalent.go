package main

// equivalent are the changes that no input can tell from the original, by file, line as it is written without its comment, and change;
// with the reason.
var equivalent = map[string]string{
	"circular22.go: {student.VeryGood, 80, 65, 0},: 0 → (-1)":               "a failed subject counts 1, which is more than either",
	"circular22.go: {student.Good, 65, 50, 0},: 0 → (-1)":                   "a failed subject counts 1, which is more than either",
	"circular22.go: s := shortfall22(&levels22[i], v, subjects, -1): 1 → 2": "any negative index spares none",
	"circular22.go: of := map[student.Conduct]int{student.ConductGood: 3, student.ConductFair: 2, student.ConductPassed: 1, student.ConductNotPassed: 0}: 0 → (-1)": "" +
		"only its order below the others is looked at",
	"circular58.go: {student.Weak, 35, 0, 20, false},: 0 → (-1)":                "no mark is below either",
	"circular58.go: s := shortfall(&levels58[i], average, subjects, -1): 1 → 2": "any negative index spares none",
	"circular58.go: return -1: 1 → 2":                                           "any negative index means none",
	"circular58.go: return -1: 1 → 2 (2)":                                       "any negative index means none",
	"circular58.go: bestCore := student.Mark(-1): 1 → 2":                        "any negative mark means none",
	"circular58.go: if bestCore >= 0 && bestCore < level.core {: >= → >": "" +
		"a core mark of 0.0 is below every floor as well, and only Yếu, which has no core condition, can be the level above",
	"circular58.go: if bestCore >= 0 && bestCore < level.core {: 0 → 1": "" +
		"a core mark of 0.0 is below every floor as well, and only Yếu, which has no core condition, can be the level above",
	"value.go: return student.Mark(student.RoundHalfUp(int(first)+2*int(second), 3)): student.RoundHalfUp → func(sum, n int) int { return (2*sum + n - 1) / (2 * n) }": "" +
		"a third has no ties",
}
