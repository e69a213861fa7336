package workbook

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// A sheet whose header is in TCVN3 or VNI is not passed over for one without a header.
func TestSheetsInOldEncodings(t *testing.T) {
	for name, header := range map[string][]any{
		"TCVN3": {"STT", "M\u00b7 l\u00edp", "M\u00b7 \u00aeÞnh danh", "H\u00e4 v\u00b5 t\u00aan", "Ng\u00b5y sinh", "Gi\u00edi t\u00ddnh", "D\u00a9n t\u00e9c"},
		"VNI":   {"STT", "Maõ lôùp", "Maõ ñònh danh", "Hoï vaø teân", "Ngaøy sinh", "Giôùi tính", "Daân toäc"},
	} {
		old := [][]any{header, {1, "12A1", "1", "A", "2005", "Nam", "Kinh"}}
		data := mustBook(t, map[string][][]any{"Lop": old})
		_, err := New(bytes.NewReader(data), int64(len(data)), drive.Default(), Options{})
		var e *fault.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Rule != RuleOldEncoding || e.Fields[0].Path != "Lop" {
			t.Errorf("%s: got %v, want %s", name, err, RuleOldEncoding)
		}
		got := mustRead(t, mustBook(t, map[string][][]any{"Lop": old, "DANH MUC": profileSheet(nil)}), drive.Default(), Options{})
		if len(got.Problems) != 1 || got.Problems[0].Rule != RuleOldEncoding || len(profilesOf(got)) != 1 {
			t.Errorf("%s: got %+v and %d profiles", name, got.Problems, len(profilesOf(got)))
		}
	}
}
