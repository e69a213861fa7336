package deploytest

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/standalone/demo"
)

var update = flag.Bool("update", false, "write deploy/prometheus/metrics.txt anew")

// metricsFile lists what the services export. scripts/deploy holds dashboards and alerts against it.
const metricsFile = "../../../deploy/prometheus/metrics.txt"

const metricsHead = `# What the services export, as a running system shows it: name, type, labels, and the values of labels that are few and fixed.
# Made by: go test ./services/standalone/deploytest -run TestMetrics -update
# Dashboards, alerts and the chart may ask for these and for what others.txt lists; scripts/deploy checks it.
`

// A dashboard that asks for what nobody exports shows an empty panel on the evening of the deadline. So the list of metrics that dashboards are
// held against is what a node shows after a whole drive was played on it.
func TestMetrics(t *testing.T) {
	s := system(t)
	ctx := eventually.Context(t)
	doors := s.doors(t)
	if _, err := s.sample.Run(ctx, demo.System{Doors: doors, Broker: s.Conn(), Log: s.Log()}, s.dir, nil); err != nil {
		t.Fatal(err)
	}
	// A call that is refused, and one over REST.
	if _, err := reportingpb.NewReportingServiceClient(doors).GetProgress(ctx, &reportingpb.GetProgressRequest{Scope: "99"}); err == nil {
		t.Fatal("there is a province 99")
	}
	fetch(ctx, t, "http://"+s.HTTPAddr()+"/v1/progress")
	exported := func() string {
		return metricsHead + strings.Join(describe(fetch(ctx, t, "http://"+s.HTTPAddr()+"/metrics")), "\n") + "\n"
	}
	if *update {
		if err := os.WriteFile(metricsFile, []byte(exported()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(metricsFile)
	if err != nil {
		t.Fatal(err)
	}
	// What is counted late, such as the note of the hour, is waited for.
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s differs; look at the difference, then run this test with -update:\n%s", metricsFile, difference(exported(), string(want)))
		}
	})
	eventually.True(t, "the services export all that is listed", func() bool {
		got := exported()
		if name := unlisted(got, string(want)); name != "" {
			t.Fatalf("%s is exported and not listed", name)
		}
		return got == string(want)
	})
}

// unlisted returns a metric that is exported and not listed, if there is one: no wait helps.
func unlisted(got, want string) string {
	for line := range strings.Lines(got) {
		name, _, _ := strings.Cut(line, " ")
		if !strings.Contains(want, "\n"+name+" ") && !strings.HasPrefix(line, "#") {
			return name
		}
	}
	return ""
}

func fetch(ctx context.Context, t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	// listed are the metrics of interest; of the runtime's many, what a dashboard may want.
	listed = regexp.MustCompile(`^(rasoat|rpc|http)_|^process_(resident_memory_bytes|cpu_seconds_total|open_fds|start_time_seconds)$|^go_goroutines$`)
	// few are the labels with few and fixed values; a durable of a province is no such value.
	few      = regexp.MustCompile(`^(stream|durable|service|status|kind|way)$`)
	province = regexp.MustCompile(`-\d\d$`)
	label    = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	part     = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// describe makes a line of each metric of an exposition.
func describe(text string) []string {
	kinds, labels := map[string]string{}, map[string]map[string]map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			if listed.MatchString(name) {
				kinds[name], labels[name] = kind, map[string]map[string]bool{}
			}
			continue
		}
		name := line[:max(0, strings.IndexAny(line, "{ "))]
		if kinds[name] == "" {
			name = part.ReplaceAllString(name, "")
		}
		of := labels[name]
		if strings.HasPrefix(line, "#") || of == nil {
			continue
		}
		for _, m := range label.FindAllStringSubmatch(line, -1) {
			if m[1] == "le" || strings.HasPrefix(m[1], "otel_scope_") {
				continue
			}
			if of[m[1]] == nil {
				of[m[1]] = map[string]bool{}
			}
			if few.MatchString(m[1]) && !province.MatchString(m[2]) {
				of[m[1]][m[2]] = true
			}
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		line := name + " " + kinds[name]
		for _, l := range slices.Sorted(maps.Keys(labels[name])) {
			line += " " + l
			if values := labels[name][l]; len(values) > 0 {
				line += "=" + strings.Join(slices.Sorted(maps.Keys(values)), "|")
			}
		}
		out = append(out, line)
	}
	return out
}

// difference gives the lines that only one of two texts has.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	var out []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, fmt.Sprint("exported: ", line))
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, fmt.Sprint("listed:   ", line))
		}
	}
	return strings.Join(out, "\n")
}
