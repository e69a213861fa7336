package drive_test

import (
	"fmt"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// The drive's table of regulations says what the circulars say of themselves.
func TestRegulationsAreThoseThatApply(t *testing.T) {
	d := drive.Default()
	codes := map[regulation.Code]string{
		regulation.Original58: drive.TT58, regulation.Amended58: drive.TT58, regulation.Four22: drive.TT22,
		regulation.Decision02: drive.QD02, regulation.Four43: drive.TT43,
	}
	compared := 0
	for _, programme := range []student.Programme{student.Upper2006, student.Upper2018, student.Continuing} {
		for grade := 10; grade <= 12; grade++ {
			for year := 2012; year <= 2030; year++ {
				got, ok := d.Regulation(grade, fmt.Sprintf("%d-%d", year, year+1), programme)
				want, known := regulation.Applicable(programme, grade, year)
				if ok != known || ok && got != codes[want] {
					t.Errorf("%s, grade %d, %d: the drive says %q, %v; the law %q, %v", programme, grade, year, got, ok, want, known)
				}
				if ok {
					compared++
				}
				if known && d.Advisory(grade, fmt.Sprintf("%d-%d", year, year+1), programme) != (want == regulation.Original58 || want == regulation.Decision02) {
					t.Errorf("%s, grade %d, %d: advisory or not, against the law", programme, grade, year)
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("%d cases compared", compared)
	}
}
