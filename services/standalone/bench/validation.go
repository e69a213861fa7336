package main

import (
	"runtime"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// rulesRow is how fast the rules are on one core, and what they find where nothing is to be found.
type rulesRow struct {
	Pupils      int     `json:"pupils"`
	PerSecond   float64 `json:"pupils_per_second_a_core"`
	Allocations float64 `json:"allocations_a_pupil"`
	Across      float64 `json:"across_pupils_per_second_a_core"`
	FalseAlarms int     `json:"false_alarms"`
}

// rules judges a clean nation, a school at a time, on one core: each pupil by Check (profile and the four parts of three grades) and by the
// rules between parts; then the school against itself. Only the judging is timed.
func rules(pupils int) rulesRow {
	n := sandbox.New(sandbox.Config{Seed: 50, Pupils: pupils, Faults: -1})
	d := drive.Sample(n.Directory())
	out := rulesRow{Pupils: n.Pupils()}
	var alone, across time.Duration
	var allocations uint64
	for _, s := range n.Schools() {
		var records []student.Record
		for i := s.First; i < s.End; i++ {
			records = append(records, n.Reported(i).Records()...)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		for at := 0; at < len(records); at += len(student.Parts) {
			out.FalseAlarms += judge(d, records[at:at+len(student.Parts)])
		}
		alone += time.Since(began)
		runtime.ReadMemStats(&after)
		allocations += after.Mallocs - before.Mallocs
		began = time.Now()
		for _, found := range validation.Across(d, records) {
			out.FalseAlarms += loud(found)
		}
		across += time.Since(began)
	}
	out.PerSecond = float64(out.Pupils) / alone.Seconds()
	out.Across = float64(out.Pupils) / across.Seconds()
	out.Allocations = float64(allocations) / float64(out.Pupils)
	return out
}

// judge judges the records of one pupil, one a part, in the order of student.Parts.
func judge(d *drive.Drive, records []student.Record) int {
	alarms := 0
	for _, r := range records {
		alarms += loud(validation.Check(d, r))
	}
	alarms += loud(validation.CheckHistory(d, *records[2].Results, *records[3].Results))
	return alarms + loud(validation.CheckYear12(d, *records[4].Results, *records[5].Results))
}

func loud(found []validation.Finding) int {
	n := 0
	for _, f := range found {
		if f.Severity != validation.Info {
			n++
		}
	}
	return n
}
