package main

import (
	"io"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/matching/linkage"
	"github.com/spf13/cobra"
)

// evaluation is what the evaluate command was asked for.
type evaluation struct {
	population, profiles, truth string
	weights, fit, description   string
	mistakes                    int
}

func (a *app) evaluateCommand() *cobra.Command {
	var o evaluation
	c := &cobra.Command{
		Use:   "evaluate",
		Short: "Đo chất lượng đối chiếu trên dữ liệu có đáp án / Measure linkage on data whose truth is known",
		Long: `Đối chiếu hồ sơ với trích xuất dân cư rồi so với đáp án: độ chính xác, độ phủ, tỷ lệ cần xem lại, từng nhóm. --fit ước lượng lại trọng số.
Tệp: CSV có cột key,id_number,full_name,date_of_birth,gender,residence (chỉ key là bắt buộc); đáp án: profile_key,population_key và các cột nhóm.

Links profiles with an extract of the population and holds it against the truth: precision, recall, review rate, by slice. --fit estimates the
weights anew. Files: CSV with the columns key,id_number,full_name,date_of_birth,gender,residence (only key is required); the truth:
profile_key,population_key and columns of slices. It prints keys and shares, never a value. Works offline.

` + exitCodes,
		Example: `  rasoat generate --linkage pairs --pupils 100000 --faults 100 --only-faulty
  rasoat evaluate --population pairs/population.csv --profiles pairs/profiles.csv --truth pairs/truth.csv
  rasoat evaluate --population a.csv --profiles b.csv --truth t.csv --mistakes 20 --json
  rasoat evaluate --population a.csv --profiles b.csv --truth t.csv --fit weights.json --description "nation of seed 77"`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.evaluate(c, o) },
	}
	f := c.Flags()
	f.StringVar(&o.population, "population", "", "extract of the population (required)")
	f.StringVar(&o.profiles, "profiles", "", "profiles to link (required)")
	f.StringVar(&o.truth, "truth", "", "who is who (required)")
	f.StringVar(&o.weights, "weights", "", "weights; those that are built in when empty")
	commandline.OutputFile(c, &o.fit, "fit", "fit weights on these files first, use them, and write them into this file", ".json")
	f.StringVar(&o.description, "description", "", "with --fit: what the data is, for the weights' fitted_on")
	a.driveFlag(c)
	f.IntVar(&o.mistakes, "mistakes", 0, "show so many mistakes, the worst first: keys and levels only")
	return c
}

// evaluationJSON is what evaluate --json prints.
type evaluationJSON struct {
	*linkage.Report
	Weights    int               `json:"weights_version"`
	Review     float64           `json:"review_threshold"`
	Seconds    float64           `json:"seconds"`
	PeakMemory int64             `json:"peak_memory_bytes"`
	Mistakes   []linkage.Mistake `json:"mistakes,omitempty"`
}

func (a *app) evaluate(c *cobra.Command, o evaluation) error {
	switch {
	case o.population == "" || o.profiles == "" || o.truth == "":
		return usage(c, "Cần --population, --profiles và --truth", "--population, --profiles and --truth are needed")
	case o.fit != "" && o.description == "":
		return usage(c, "--fit cần --description", "--fit needs --description")
	}
	d, err := a.drive()
	if err != nil {
		return err
	}
	began := time.Now()
	in, err := a.linkageInput(o.population, o.profiles, o.weights, d.Catalogue)
	if err != nil {
		return err
	}
	file, err := linkage.FileInput(o.truth)
	if err != nil {
		return inFile(o.truth, err)
	}
	truth, err := linkage.ReadTruth(file)
	if err != nil {
		return inFile(o.truth, err)
	}
	if o.fit != "" {
		bar := a.bar("fit")
		in.options.Progress = bar.step
		in.options.Weights, err = linkage.Fit(c.Context(), in.profiles, in.population, truth, linkage.FitOptions{Options: in.options, Description: o.description})
		bar.finish()
		if err != nil {
			return err
		}
		if err := commandline.WriteFile(c, o.fit, func(w io.Writer) error { return linkage.WriteWeights(w, in.options.Weights) }); err != nil {
			return err
		}
	}
	bar := a.bar("link")
	in.options.Progress = bar.step
	r, err := linkage.Find(c.Context(), in.profiles, in.population, in.options)
	bar.finish()
	if err != nil {
		return inFile(o.population, err)
	}
	out := evaluationJSON{linkage.Evaluate(r, truth), r.Weights.Version, r.Weights.Review, time.Since(began).Seconds(), peakMemory(), linkage.Mistakes(r, truth, o.mistakes)}
	if a.json {
		return a.printJSON(out)
	}
	a.tellEvaluation(out)
	return nil
}

// linkageIn is what linkage works on.
type linkageIn struct {
	profiles   []linkage.Person
	absent     linkage.Absent
	population linkage.Input
	options    linkage.Options
}

// linkageInput opens the files; no profiles are read where there is no path.
func (a *app) linkageInput(population, profiles, weights string, catalogue *drive.Catalogue) (in linkageIn, err error) {
	if in.population, err = linkage.FileInput(population); err != nil {
		return in, inFile(population, err)
	}
	in.population.Catalogue = catalogue
	if profiles != "" {
		file, err := linkage.FileInput(profiles)
		if err != nil {
			return in, inFile(profiles, err)
		}
		file.Catalogue = catalogue
		if in.profiles, in.absent, err = linkage.ReadPeople(file); err != nil {
			return in, inFile(profiles, err)
		}
	}
	if weights == "" {
		in.options.Weights = matching.DefaultWeights()
		return in, nil
	}
	f, err := input.Open(weights)
	if err != nil {
		return in, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	in.options.Weights, err = matching.ReadWeights(f)
	return in, inFile(weights, err)
}
