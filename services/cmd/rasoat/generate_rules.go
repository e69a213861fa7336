package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
)

// wrong is a line of truth.jsonl beside the files of rule faults.
type wrong struct {
	Rule  string   `json:"rule"`
	File  string   `json:"file"`
	Line  int      `json:"line"`   // of the file, from 1
	Field []string `json:"fields"` // to which the rule ought to point
}

// ruleFaults writes, for each rule, what a school reports with the one fault that the rule finds, and the truth about all of them. Rules of
// Circular 22/2021 have nothing to find in a drive before its time and are left out there.
func (a *app) ruleFaults(d *drive.Drive, n *sandbox.Nation, out string) (files int, err error) {
	dir := filepath.Join(out, "rules")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return 0, fault.Wrap(fault.Invalid, "rasoat.generate", err)
	}
	var truth []wrong
	schools := n.Schools()
	smallest := n.SmallestSchools()
	for _, f := range sandbox.RuleFaults() {
		if code, ok := d.Regulation(10, d.SchoolYearOf(10), "thpt2018"); f.Levels && (!ok || code != drive.TT22) {
			continue
		}
		for _, i := range smallest {
			s := schools[i]
			spoiled, ok := n.Spoil(f, i, i)
			if !ok {
				continue
			}
			name := f.Rule + ".ndjson"
			batch := sandbox.Submission{Province: s.Province, School: s.Code, Records: spoiled.Records}
			if err := writeFile(filepath.Join(dir, name), func(w io.Writer) error {
				return sandbox.WriteNDJSON(w, slices.Values([]sandbox.Submission{batch}))
			}); err != nil {
				return files, err
			}
			for at := range spoiled.Records {
				if fields := spoiled.Wrong[at]; len(fields) > 0 {
					truth = append(truth, wrong{f.Rule, name, at + 1, fields})
				}
			}
			files++
			break
		}
	}
	return files, writeFile(filepath.Join(dir, "truth.jsonl"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		for _, line := range truth {
			if err := enc.Encode(line); err != nil {
				return err
			}
		}
		return nil
	})
}
