package workbook

import "github.com/rasoat/rasoat/services/student/legacy"

// oldEncoding reports whether rows without a header have one in an encoding of before Unicode. Such a sheet is refused, not converted:
// fonts of that time that show capitals do not tell them from small letters, and a program that guesses would change names in silence.
func (h headers) oldEncoding(rows [][]string) bool {
	for _, e := range legacy.Encodings {
		converted := make([][]string, len(rows))
		for i, row := range rows {
			converted[i] = make([]string, len(row))
			for c, text := range row {
				if len(text) <= 200 { // no header is longer
					converted[i][c] = legacy.Convert(e, text)
				}
			}
		}
		if _, ok := h.find(converted); ok {
			return true
		}
	}
	return false
}
