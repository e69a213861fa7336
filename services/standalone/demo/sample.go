// Package demo plays a whole drive on a synthetic sample: schools with workbooks, a population registry in which the truth
// lives, and exam registration at the end. It goes through the public doors only, like anybody else.
package demo

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
)

// Sample is a synthetic nation with its drive, its key and its registry. The same seed and size give the same sample, so
// that a system that was stopped is started again on the same one.
type Sample struct {
	Config   sandbox.Config // of the nation
	Nation   *sandbox.Nation
	Drive    *drive.Drive
	Key      student.Key
	Registry *registry.Server
}

// NewSample makes a sample whose drive asks for no approval; faults are pupils in a thousand with something wrong, negative for none.
func NewSample(seed uint64, pupils, faults int) *Sample {
	cfg := sandbox.Config{Seed: seed, Pupils: pupils, Faults: faults}
	n := sandbox.New(cfg)
	// The references of a sample must not differ from run to run; they protect nobody, since nobody here exists.
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seed)
	key := sha256.Sum256(append([]byte("rasoat sample key "), b[:]...))
	return &Sample{Config: cfg, Nation: n, Drive: drive.Sample(n.Directory()), Key: key[:], Registry: registry.New(n, registry.Config{})}
}

// AskApproval makes it a drive in which provinces must approve before records are published.
func (s *Sample) AskApproval() *Sample {
	s.Drive = drive.SampleWithApproval(s.Nation.Directory())
	return s
}

// ServeRegistry serves the sample's registry on an address until ctx ends, and returns the bound address. It fails as
// run.Listen does.
func (s *Sample) ServeRegistry(ctx context.Context, address string) (string, error) {
	l, err := run.Listen("registry-listen", address)
	if err != nil {
		return "", err
	}
	go func() { _ = s.Registry.Serve(ctx, l) }() // its end is the process's end
	return l.Addr().String(), nil
}

// ProfilesFile is the name of a school's workbook of profiles, in the folder of the school.
const ProfilesFile = "ho-so.xlsx"

// File is a workbook of a school.
type File struct {
	School sandbox.SchoolRange
	Path   string
}

// WriteWorkbooks writes what every school reports as the ministry's workbooks: one of profiles for the school, one of
// results for each class. progress is told after each file, with how many pupils it is about.
func (s *Sample) WriteWorkbooks(dir string, progress func(pupils int)) ([]File, error) {
	var files []File
	schools := s.Nation.Schools()
	visitors := s.visitors()
	for i, school := range schools {
		within := school.Province + "/" + school.Code + "/"
		var profiles []workbook.Pupil
		for _, class := range s.Nation.Classes(i) {
			var results []workbook.Result
			for p := class.First; p < class.End; p++ {
				r := s.Nation.Reported(p)
				if r.Profile != nil {
					profiles = append(profiles, workbook.Pupil{Enrolled: r.Enrolments[0].Enrolled, Profile: *r.Profile})
				}
				for _, v := range r.Results {
					results = append(results, workbook.Result{Results: v, FullName: r.Profile.FullName})
				}
			}
			name := within + "ket-qua-" + class.Name + ".xlsx"
			if err := folder.WriteMade(dir, name, func(w io.Writer) error { return workbook.WriteResults(w, s.Drive, results) }); err != nil {
				return nil, notWritten(name, err)
			}
			files = append(files, File{school, filepath.Join(dir, filepath.FromSlash(name))})
			progress(class.End - class.First)
		}
		profiles = append(profiles, visitors[school.Code]...)
		name := within + ProfilesFile
		if err := folder.WriteMade(dir, name, func(w io.Writer) error { return workbook.WriteProfiles(w, s.Drive, profiles) }); err != nil {
			return nil, notWritten(name, err)
		}
		files = append(files, File{school, filepath.Join(dir, filepath.FromSlash(name))})
	}
	return files, nil
}

// visitors are the pupils whom a school enrols although another does, by the school that does so wrongly.
func (s *Sample) visitors() map[string][]workbook.Pupil {
	out := map[string][]workbook.Pupil{}
	for i := range s.Nation.Pupils() {
		if s.Nation.Expected(i).Fault != sandbox.DoubleEnrolment {
			continue
		}
		r := s.Nation.Reported(i)
		for _, e := range r.Enrolments[1:] {
			profile := *r.Profile
			profile.Class = e.Class
			out[e.School] = append(out[e.School], workbook.Pupil{Enrolled: e.Enrolled, Profile: profile})
		}
	}
	return out
}

func notWritten(name string, err error) error {
	return fault.Wrap(fault.Unavailable, "demo.workbooks", fmt.Errorf("%s: %w", name, err))
}
