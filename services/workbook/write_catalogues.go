package workbook

import (
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/xuri/excelize/v2"
)

// catalogues writes the sheets from which people choose.
func (p *profileWriter) catalogues(f *excelize.File, s styles) error {
	if err := f.SetSheetName("Sheet1", ProfilesSheet); err != nil {
		return err
	}
	c := p.drive.Catalogue
	lists := []struct {
		name  string
		write func(add func(values ...any) error) error
	}{
		{"GIOI_TINH", func(add func(...any) error) error {
			if err := add("Nam"); err != nil {
				return err
			}
			return add("Nữ")
		}},
		{"DAN_TOC", func(add func(...any) error) error {
			for _, e := range c.Ethnicities() {
				if err := add(e.Name, e.Code); err != nil {
					return err
				}
			}
			return nil
		}},
		{"QUOC_TICH", func(add func(...any) error) error {
			for _, n := range c.Countries() {
				if err := add(n.Name, n.Code); err != nil {
					return err
				}
			}
			return nil
		}},
		{"TINH", func(add func(...any) error) error {
			for _, u := range c.Provinces() {
				if err := add(u.Full(), u.Code); err != nil {
					return err
				}
			}
			return nil
		}},
		{"HUYEN", func(add func(...any) error) error {
			for _, u := range c.Provinces() {
				for _, d := range c.DistrictsOf(u.Code) {
					if err := add(d.Full(), d.Code, u.Full()); err != nil {
						return err
					}
				}
			}
			return nil
		}},
	}
	for _, list := range lists {
		w, err := newSheetWriter(f, list.name, s)
		if err != nil {
			return err
		}
		if err := w.row([]any{excelize.Cell{StyleID: s.header, Value: list.name}}); err != nil {
			return err
		}
		if err := list.write(func(values ...any) error { return w.row(values) }); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// districts is the list of the districts of the province in the row: HUYEN has them province by province.
const districts = "OFFSET(HUYEN!$A$1,MATCH($I2,HUYEN!$C:$C,0)-1,0,COUNTIF(HUYEN!$C:$C,$I2),1)"

// dropDowns lets people choose gender, ethnic group, nationality, province and district from the catalogues.
func dropDowns(f *excelize.File, c *drive.Catalogue, pupils int) error {
	last := strconv.Itoa(max(pupils+1, 500))
	fixed := func(sheet string, entries int) string { return sheet + "!$A$2:$A$" + strconv.Itoa(entries+1) }
	for _, list := range []struct{ col, sheet, from string }{
		{"F", "GIOI_TINH", fixed("GIOI_TINH", 2)},
		{"G", "DAN_TOC", fixed("DAN_TOC", len(c.Ethnicities()))},
		{"H", "QUOC_TICH", fixed("QUOC_TICH", len(c.Countries()))},
		{"I", "TINH", fixed("TINH", len(c.Provinces()))},
		{"J", "HUYEN", districts},
	} {
		v := excelize.NewDataValidation(true)
		v.SetSqref(list.col + "2:" + list.col + last)
		v.SetSqrefDropList(list.from)
		v.SetError(excelize.DataValidationErrorStyleWarning, list.sheet, "Giá trị không có trong danh mục "+list.sheet+".")
		if err := f.AddDataValidation(ProfilesSheet, v); err != nil {
			return err
		}
	}
	return nil
}
