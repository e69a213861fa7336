// Command gendrive writes the synthetic directory of schools of the embedded drive, and copies that drive
// to where operators look for it. Run it by go generate in package drive; the test of this package proves
// that what is committed is what it writes.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/drive"
)

func main() {
	to := flag.String("to", "", "folder of the embedded drive")
	copyTo := flag.String("copy", "", "folder of the operators' copy")
	flag.Parse()
	if err := run(*to, *copyTo); err != nil {
		log.Fatal(err)
	}
}

func run(to, copyTo string) error {
	schools, err := schoolsFile()
	if err != nil {
		return err
	}
	head, err := os.ReadFile(filepath.Join(to, "drive.yaml"))
	if err != nil {
		return err
	}
	for _, dir := range []string{to, copyTo} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "schools.csv"), schools, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(copyTo, "drive.yaml"), head, 0o644)
}

// schoolsFile returns the synthetic schools.csv.
func schoolsFile() ([]byte, error) {
	c, err := drive.Builtin("2023-04")
	if err != nil {
		return nil, err
	}
	return drive.WriteSchools(directory(c)), nil
}
