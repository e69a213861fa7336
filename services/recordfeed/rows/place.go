package rows

import (
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Residence writes a place of residence in words, from the commune up: "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội".
// A code that the catalogue does not have stands for itself, as does each of another catalogue: there the same code may be
// another place.
func Residence(c *drive.Catalogue, r student.Residence) string {
	var out []string
	for _, one := range []struct {
		code string
		find func(string) (drive.Unit, bool)
	}{{r.Commune, c.Commune}, {r.District, c.District}, {r.Province, c.Province}} {
		if one.code == "" {
			continue
		}
		if u, ok := one.find(one.code); ok && c.IsOf(r.CatalogueDate) {
			out = append(out, u.Full())
		} else {
			out = append(out, one.code)
		}
	}
	return strings.Join(out, ", ")
}
