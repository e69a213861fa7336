package drive

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// The drive of the dispatch lives here, in dispatch1246, because a program can embed only what is in its
// module; go generate copies the folder to deploy/drives/2022-2023-12, where operators look for it, and a
// test proves that the two are the same to the byte.
//
//go:embed dispatch1246/drive.yaml dispatch1246/schools.csv
var dispatch embed.FS

var defaultDrive = sync.OnceValue(func() *Drive {
	d, err := Load(dispatchFS())
	if err != nil {
		panic("drive: the embedded drive does not load: " + err.Error())
	}
	return d
})

// Default returns the drive of dispatch 1246/BGDĐT-CNTT with a synthetic directory of schools, for tests and
// samples. It is read once; it panics only when the program was built wrong.
func Default() *Drive { return defaultDrive() }

func dispatchFS() fs.FS {
	sub, err := fs.Sub(dispatch, "dispatch1246")
	if err != nil {
		panic(err)
	}
	return sub
}

// Sample returns the drive of the dispatch under the id "sample-12" with windows that close in the year 2099,
// no approval, and the given schools. It panics when a school would not be accepted in schools.csv.
func Sample(schools []School) *Drive { return sample(schools, openForLong) }

// SampleWithApproval is Sample with provinces that must approve: what a demonstration sends to.
func SampleWithApproval(schools []School) *Drive {
	return sample(schools, func(doc *document) {
		openForLong(doc)
		doc.Approval.Value = "true"
	})
}

// openForLong moves the windows to the year 2099.
func openForLong(doc *document) {
	doc.Corrections.Value = inSampleYear(doc.Corrections.Value)
	for i := range doc.Windows {
		doc.Windows[i].Closes.Value = inSampleYear(doc.Windows[i].Closes.Value)
	}
}

// SampleClosing is Sample with windows that close at the given instants, to the second: what a drill of the deadline sends to. It panics when
// there are not as many as windows, or not in their order.
func SampleClosing(schools []School, corrections time.Time, closes ...time.Time) *Drive {
	return sample(schools, func(doc *document) {
		zone := Default() // the same as the sample's
		doc.Corrections.Value = zone.written(corrections)
		for i := range doc.Windows {
			doc.Windows[i].Closes.Value = zone.written(closes[i])
		}
	})
}

func sample(schools []School, change func(*document)) *Drive {
	raw, err := fs.ReadFile(dispatchFS(), driveFile)
	if err != nil {
		panic(err)
	}
	var p problems
	var doc document
	decode(driveFile, raw, &doc, &p)
	doc.ID.Value = "sample-12"
	doc.Name.Value = "Đợt mẫu: " + doc.Name.Value
	doc.Approval.Value = "false"
	change(&doc)
	placed := make([]placedSchool, 0, len(schools))
	for i, s := range schools {
		placed = append(placed, placedSchool{School: s, row: row{file: fmt.Sprintf("schools[%d]", i)}})
	}
	d := build(doc, openCatalogue(nil, doc.Catalogue, &p), placed, &p)
	if err := p.err("drive.sample"); err != nil {
		panic("drive: " + err.Error())
	}
	return d
}

// inSampleYear moves "2023-04-21 17:00" to 2099.
func inSampleYear(instant string) string {
	_, rest, _ := strings.Cut(instant, "-")
	return "2099-" + rest
}
