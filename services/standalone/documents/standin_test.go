package documents

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	_ "modernc.org/sqlite"
)

// standIns stand in for programs that the tests do not have or must not use, and check what they are told. This program
// is started by the name of one of them.
var standIns = map[string]func(args []string) error{
	"docker":  needed("docker", docker),
	"kubectl": needed("kubectl", kubectl),
	"helm":    needed("helm", helm),
	"sqlite3": needed("sqlite3", sqlite3),
	"grpcurl": needed("grpcurl", grpcurl),
	"nats":    needed("nats", nats),
	"sudo":    needed("sudo", sudo),
}

// needsEnv are the programs that the block needs which runs.
const needsEnv = "RASOAT_DOCUMENTS_NEEDS"

// needed refuses what a README does not say that it needs.
func needed(name string, run func([]string) error) func([]string) error {
	return func(args []string) error {
		if !slices.Contains(strings.Fields(os.Getenv(needsEnv)), name) {
			return fmt.Errorf("%s is used in a block that does not say \"needs %s\"", name, name)
		}
		if err := run(args); err != nil {
			return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
		}
		return nil
	}
}

// options takes the options off the arguments; those that are named have a value, and it returns their values.
func options(args []string, valued ...string) (rest []string, values map[string][]string) {
	values = map[string][]string{}
	for i := 0; i < len(args); i++ {
		name, value, given := strings.Cut(args[i], "=")
		switch {
		case !strings.HasPrefix(name, "-"):
			return append(rest, args[i:]...), values
		case !slices.Contains(valued, name):
			values[name] = append(values[name], "")
		case given:
			values[name] = append(values[name], value)
		case i+1 < len(args):
			i++
			values[name] = append(values[name], args[i])
		}
	}
	return rest, values
}

// composeFile is what is looked at of a compose file.
type composeFile struct {
	Services map[string]struct {
		Profiles []string `yaml:"profiles"`
	} `yaml:"services"`
}

// docker knows "compose": the file, the profile and the services have to exist. What is run in the container of the
// command line runs here.
func docker(args []string) error {
	if len(args) == 0 || args[0] != "compose" {
		return errors.New("only compose is known")
	}
	args, of := options(args[1:], "-f", "--profile")
	if len(args) == 0 || len(of["-f"]) != 1 {
		return errors.New("a file and a command belong to it")
	}
	text, err := os.ReadFile(of["-f"][0])
	if err != nil {
		return err
	}
	var file composeFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		return err
	}
	for _, profile := range of["--profile"] {
		found := false
		for _, s := range file.Services {
			found = found || slices.Contains(s.Profiles, profile)
		}
		if !found {
			return fmt.Errorf("no service has the profile %s", profile)
		}
	}
	services, _ := options(args[1:])
	if args[0] == "run" && len(services) > 0 {
		if _, ok := file.Services[services[0]]; ok && services[0] == "rasoat" {
			return passOn("rasoat", services[1:])
		}
		services = services[:1]
	}
	for _, s := range services {
		if _, ok := file.Services[s]; !ok {
			return fmt.Errorf("there is no service %s", s)
		}
	}
	return nil
}

func passOn(name string, args []string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// kubectl knows "create secret generic" and "create configmap": files have to exist, and a secret that the chart reads has
// the name and the keys that the chart's values say.
func kubectl(args []string) error {
	args, of := options(args, "--namespace")
	if len(args) < 3 || args[0] != "create" {
		return fmt.Errorf("only create is known (%v)", of)
	}
	secret := args[1] == "secret"
	args = args[2:]
	if secret {
		args = args[1:]
	}
	name := args[0]
	_, of = options(args[1:], "--from-literal", "--from-file")
	var keys []string
	for _, v := range of["--from-literal"] {
		key, value, ok := strings.Cut(v, "=")
		if !ok || value == "" {
			return fmt.Errorf("%s has no value", key)
		}
		keys = append(keys, key)
	}
	for _, v := range of["--from-file"] {
		key, file, ok := strings.Cut(v, "=")
		if !ok {
			key, file = filepath.Base(v), v
		}
		if _, err := os.Stat(file); err != nil {
			return err
		}
		keys = append(keys, key)
	}
	if !secret {
		return nil
	}
	return isOfTheChart(name, keys)
}

// isOfTheChart looks for a secret in the values of the chart.
func isOfTheChart(name string, keys []string) error {
	text, err := os.ReadFile("charts/rasoat/values.yaml")
	if err != nil {
		return err
	}
	type secret = map[string]string
	var values struct {
		Secrets map[string]secret `yaml:"secrets"`
		Access  struct {
			Keys secret `yaml:"keys"`
		} `yaml:"access"`
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return err
	}
	values.Secrets["access"] = values.Access.Keys
	for _, s := range values.Secrets {
		if s["name"] != name {
			continue
		}
		for _, key := range keys {
			known := false
			for of, value := range s {
				known = known || of != "name" && value == key
			}
			if !known {
				return fmt.Errorf("the chart reads no key %s of %s", key, name)
			}
		}
		return nil
	}
	return fmt.Errorf("the chart reads no secret %s", name)
}

// helm knows "install": the chart has to exist, and the values have to be of it. What they render is the chart's own test.
func helm(args []string) error {
	if len(args) < 3 || args[0] != "install" && args[0] != "upgrade" {
		return errors.New("only install and upgrade are known")
	}
	chart := args[2]
	_, of := options(args[3:], "--values")
	known, err := topKeys(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	for _, file := range of["--values"] {
		used, err := topKeys(file)
		if err != nil {
			return err
		}
		for key := range used {
			if _, ok := known[key]; !ok {
				return fmt.Errorf("%s: the chart has no value %s", file, key)
			}
		}
	}
	return nil
}

func topKeys(file string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	keys := map[string]any{}
	return keys, yaml.Unmarshal(text, &keys)
}

// sudo knows "chown": the files have to exist.
func sudo(args []string) error {
	if len(args) < 3 || args[0] != "chown" {
		return errors.New("only chown is known")
	}
	for _, file := range args[2:] {
		if _, err := os.Stat(file); err != nil {
			return err
		}
	}
	return nil
}

// sqlite3 runs a query of a database that exists, and prints a line a row.
func sqlite3(args []string) (err error) {
	if len(args) != 2 {
		return errors.New("only a file and a query are known")
	}
	if _, err := os.Stat(args[0]); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.Query(args[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		line := make([]string, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			line[i] = v.String
		}
		fmt.Println(strings.Join(line, "|"))
	}
	return rows.Err()
}
