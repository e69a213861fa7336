package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching/linkage"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/spf13/cobra"
)

// linkageFiles writes population.csv, profiles.csv and truth.csv of a nation: its people, what schools report of its pupils (or only of those
// whom the registry does not confirm), and who is who. The keys tell nothing.
func (a *app) linkageFiles(c *cobra.Command, n *sandbox.Nation, o order) error {
	if err := os.MkdirAll(o.linkage, 0o750); err != nil {
		return fault.Wrap(fault.Invalid, "rasoat.generate", err)
	}
	bar := a.bar("generate")
	defer bar.finish()
	var chosen []int
	people := 0
	err := writeCSV(filepath.Join(o.linkage, "population.csv"), linkage.Columns, func(write func(...string) error) error {
		for i := range n.Pupils() {
			if i%1000 == 0 {
				if c.Context().Err() != nil {
					return fault.Wrap(fault.Unavailable, "rasoat.generate", c.Context().Err())
				}
				bar.step(0.9 * float64(i) / float64(n.Pupils()))
			}
			p, ok := n.Person(i)
			if !ok {
				continue // a foreign national
			}
			people++
			if !o.onlyFaulty || unresolved(n.Expected(i)) {
				chosen = append(chosen, i)
			}
			if err := write(personKey(i), p.Number.Reveal(), p.FullName.Reveal(), p.BirthDate.Reveal(), string(p.Gender), placeCell(p.Residence)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(o.seed, 1))
	r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	err = writeCSV(filepath.Join(o.linkage, "profiles.csv"), linkage.Columns, func(write func(...string) error) error {
		for at, i := range chosen {
			p, _ := n.ReportedProfile(i)
			if err := write(profileKey(at), p.Identity.Number.Reveal(), p.FullName.Reveal(), p.BirthDate.Reveal(), string(p.Gender), placeCell(p.Residence)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = writeCSV(filepath.Join(o.linkage, "truth.csv"), []string{"profile_key", "population_key", "kind", "province", "ethnicity"}, func(write func(...string) error) error {
		for at, i := range chosen {
			p, kind := n.TrueProfile(i), sandbox.Kind("none")
			if _, f := n.ReportedProfile(i); f != nil {
				kind = f.Kind
			}
			if err := write(profileKey(at), personKey(i), string(kind), p.Residence.Province, p.Ethnicity); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	bar.finish()
	if a.json {
		return a.printJSON(map[string]any{"out": o.linkage, "population": people, "profiles": len(chosen)})
	}
	a.printf("%s: %s  %s: %d  %s: %d\n", a.text("Thư mục", "Folder"), o.linkage, a.text("dân số", "population"), people, a.text("hồ sơ", "profiles"), len(chosen))
	a.printf("%s rasoat evaluate --population %s --profiles %s --truth %s\n", a.text("Đánh giá:", "To evaluate:"),
		filepath.Join(o.linkage, "population.csv"), filepath.Join(o.linkage, "profiles.csv"), filepath.Join(o.linkage, "truth.csv"))
	return nil
}

// unresolved reports whether the registry does not simply confirm the pupil.
func unresolved(e sandbox.Expected) bool {
	return e.Outcome != sandbox.Confirmed && e.Outcome != sandbox.NotApplicable
}

func personKey(i int) string   { return fmt.Sprintf("p%07d", i+1) }
func profileKey(at int) string { return fmt.Sprintf("h%07d", at+1) }

func placeCell(r student.Residence) string {
	switch {
	case r.Province == "":
		return ""
	case r.Commune == "":
		return r.Province + "/" + r.District
	}
	return r.Province + "/" + r.District + "/" + r.Commune
}

// writeCSV writes a file as a whole: a header, then the rows.
func writeCSV(path string, header []string, rows func(write func(...string) error) error) error {
	return writeFile(path, func(b io.Writer) error {
		w := csv.NewWriter(b)
		write := func(cells ...string) error {
			if err := w.Write(cells); err != nil {
				return fault.Wrap(fault.Invalid, "rasoat.csv", err)
			}
			return nil
		}
		if err := write(header...); err != nil {
			return err
		}
		if err := rows(write); err != nil {
			return err
		}
		w.Flush()
		return fault.Wrap(fault.Invalid, "rasoat.csv", w.Error())
	})
}
