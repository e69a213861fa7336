package main

import (
	"time"

	"github.com/rasoat/rasoat/services/portal"
)

type fileJSON struct {
	File         string        `json:"file"`
	Batches      int           `json:"batches"`
	Accepted     int           `json:"accepted"`
	Refused      int           `json:"refused"`
	Unreadable   int           `json:"unreadable"`
	Warnings     int           `json:"warnings"`
	Late         int           `json:"late"`
	Conflicts    int           `json:"conflicts"`
	Unapplied    int           `json:"received_before_unapplied"`
	Reconnects   int           `json:"reconnects"`
	Preview      *preview      `json:"preview,omitempty"`
	Receipts     []receiptJSON `json:"receipts"`
	Problems     []problemJSON `json:"problems"`
	MoreProblems int           `json:"more_problems"`
	Error        string        `json:"error,omitempty"`
}

type receiptJSON struct {
	Submission string    `json:"submission"`
	Kind       string    `json:"kind"`
	Sequence   uint64    `json:"sequence"`
	StoredAt   time.Time `json:"stored_at"`
	Accepted   int       `json:"accepted"`
	Refused    int       `json:"refused"`
}

type problemJSON struct {
	Where      string `json:"where"`
	Rule       string `json:"rule"`
	Refused    bool   `json:"refused"`
	MessageVi  string `json:"message_vi"`
	MessageEn  string `json:"message_en"`
	RemedyVi   string `json:"remedy_vi"`
	RemedyEn   string `json:"remedy_en"`
	Submission string `json:"submission,omitempty"`
}

func problemOf(p portal.Problem) problemJSON {
	return problemJSON{p.Path, p.Rule, p.Refused, p.Text.Vi, p.Text.En, p.Remedy.Vi, p.Remedy.En, p.Submission}
}

// submitJSON prints everything that is known of the files, and complains as well of those that failed.
func (a *app) submitJSON(reports []*fileReport) error {
	out := struct {
		Files []fileJSON `json:"files"`
		Exit  int        `json:"exit"`
	}{Exit: a.submitCode(reports)}
	for _, r := range reports {
		m := r.summary
		f := fileJSON{
			File: r.name, Batches: m.Batches, Accepted: m.Accepted, Refused: m.Refused, Unreadable: m.Unreadable, Warnings: m.Warnings,
			Late: m.Late, Conflicts: m.Conflicts, Unapplied: r.unapplied, Reconnects: m.Reconnects, MoreProblems: m.MoreProblems, Preview: r.preview,
			Receipts: []receiptJSON{}, Problems: []problemJSON{},
		}
		if r.err != nil {
			f.Error = a.sayError(r.err)
		}
		for _, x := range m.Receipts {
			f.Receipts = append(f.Receipts, receiptJSON{x.ID, x.Kind.String(), x.Sequence, x.StoredAt, x.Accepted, x.Refused})
		}
		for _, p := range m.Problems {
			f.Problems = append(f.Problems, problemOf(p))
		}
		out.Files = append(out.Files, f)
		a.complain(r.err)
	}
	if err := a.printJSON(out); err != nil {
		return err
	}
	return exitWith(out.Exit)
}
