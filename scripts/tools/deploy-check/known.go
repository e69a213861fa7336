package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// metric is one that somebody exports.
type metric struct {
	kind   string              // gauge, counter, histogram
	labels map[string][]string // with the values of those whose values are few and fixed
}

// known are the metrics that somebody exports, by the names that queries use: those of a histogram are its parts.
type known map[string]metric

// readKnown reads lists of metrics: a line has a name, a kind and labels, each with its values or without. jobs are those of Prometheus.
func readKnown(jobs []string, files ...string) (known, error) {
	k := known{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(text), "\n") {
			words := strings.Fields(line)
			if len(words) == 0 || strings.HasPrefix(line, "#") {
				continue
			}
			if len(words) < 2 || !slices.Contains([]string{"gauge", "counter", "histogram"}, words[1]) {
				return nil, fmt.Errorf("%s:%d: want a name, a kind and labels, got %q", file, i+1, line)
			}
			labels := map[string][]string{"job": jobs, "instance": nil}
			for _, word := range words[2:] {
				name, values, some := strings.Cut(word, "=")
				labels[name] = nil
				if some {
					labels[name] = strings.Split(values, "|")
				}
			}
			if words[1] != "histogram" {
				k[words[0]] = metric{words[1], labels}
				continue
			}
			k[words[0]+"_sum"], k[words[0]+"_count"] = metric{"counter", labels}, metric{"counter", labels}
			labels = maps.Clone(labels)
			labels["le"] = nil
			k[words[0]+"_bucket"] = metric{"counter", labels}
		}
	}
	return k, nil
}

var ours = regexp.MustCompile(`\brasoat_[a-z_]+`)

// checkTexts looks for metrics of the services in texts of any kind.
func checkTexts(folders []string, k known) (string, error) {
	var c complaints
	n := 0
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for _, name := range ours.FindAllString(string(text), -1) {
				n++
				if _, ok := k[name]; !ok {
					c.add("%s: nobody exports %s", file, name)
				}
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d names, all exported", n), c.err()
}
