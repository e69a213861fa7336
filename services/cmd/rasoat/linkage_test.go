package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/matching/linkage"
)

// pairsOf generates a nation for linkage and gives its three files.
func pairsOf(t *testing.T, args ...string) (population, profiles, truth string) {
	t.Helper()
	dir := t.TempDir()
	if code, out, errOut := runCommand(t, append([]string{"generate", "--linkage", dir, "--pupils", "2000", "--faults", "300"}, args...)...); code != exitFine || !strings.Contains(out, "rasoat evaluate") {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	return filepath.Join(dir, "population.csv"), filepath.Join(dir, "profiles.csv"), filepath.Join(dir, "truth.csv")
}

func TestGenerateLinkage(t *testing.T) {
	population, profiles, truth := pairsOf(t)
	lines := func(path string) []string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	people, claims, pairs := lines(population), lines(profiles), lines(truth)
	if len(people) != len(claims) || len(claims) != len(pairs) || len(people) < 1900 || pairs[0] != "profile_key,population_key,kind,province,ethnicity" {
		t.Errorf("%d people, %d profiles, %d pairs, %s", len(people), len(claims), len(pairs), pairs[0])
	}
	inOrder := 0
	for i, pair := range pairs[1:] {
		if cells := strings.Split(pair, ","); cells[1] == strings.Split(people[i+1], ",")[0] {
			inOrder++
		}
	}
	if inOrder > 20 {
		t.Errorf("%d profiles stand where their person does", inOrder)
	}
	for _, args := range [][]string{{"--only-faulty", "--out", t.TempDir()}, {}} {
		if code, _, _ := runCommand(t, append([]string{"generate"}, args...)...); code != exitInput {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	code, out, _ := runCommand(t, "generate", "--linkage", t.TempDir(), "--pupils", "100", "--json")
	if code != exitFine || !strings.Contains(out, `"profiles"`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestEvaluateCommand(t *testing.T) {
	population, profiles, truth := pairsOf(t, "--only-faulty", "--seed", "3")
	files := []string{"evaluate", "--population", population, "--profiles", profiles, "--truth", truth}
	code, out, errOut := runCommand(t, append(files, "--json", "--mistakes", "3")...)
	var got map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &got); code != exitFine || err != nil {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errOut)
	}
	for _, key := range []string{"precision", "recall", "f1", "review_rate", "threshold", "true_links", "false_links", "missed", "profiles", "population", "pairs", "curve", "slices", "worst_slice", "seconds"} {
		if got[key] == nil {
			t.Errorf("no %s", key)
		}
	}
	var r linkage.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Precision < 0.995 || r.Recall < 0.98 || r.Pairs != r.Profiles || len(r.Curve) < 30 {
		t.Errorf("%v: precision %.4f, recall %.4f, %d pairs", err, r.Precision, r.Recall, r.Pairs)
	}
	weights := filepath.Join(t.TempDir(), "w.json")
	code, out, errOut = runCommand(t, append(files, "--fit", weights, "--description", "a small nation", "--lang", "en")...)
	if code != exitFine || !strings.Contains(out, "Precision") || !strings.Contains(out, "pairs compared") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	if code, out, errOut = runCommand(t, append(files, "--weights", weights, "--mistakes", "2")...); code != exitFine {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	for _, args := range [][]string{{"evaluate"}, append(slices.Clone(files), "--fit", weights), {"evaluate", "--population", "none.csv", "--profiles", profiles, "--truth", truth},
		{"evaluate", "--population", population, "--profiles", truth, "--truth", truth}, append(slices.Clone(files), "--weights", truth), append(slices.Clone(files), "--weights", "none.json")} {
		if code, _, _ := runCommand(t, args...); code != exitInput {
			t.Errorf("%v: exit %d, want %d", args, code, exitInput)
		}
	}
}

func TestReconcileFiles(t *testing.T) {
	population, profiles, _ := pairsOf(t, "--only-faulty")
	to := filepath.Join(t.TempDir(), "candidates.csv")
	code, out, errOut := runCommand(t, "reconcile", "--extract", population, "--profiles", profiles, "--out", to, "--json")
	var r reconciliationJSON
	if err := json.Unmarshal([]byte(out), &r); code != exitFine || err != nil || r.Linked == 0 || r.Linked+r.Review+r.Nobody != r.Profiles || r.Candidates < r.Linked {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errOut)
	}
	text, err := os.ReadFile(to)
	if err != nil || strings.Count(string(text), "\n") != r.Candidates+1 || !strings.HasPrefix(string(text), "profile_key,rank,population_key,decision,confidence,score,") {
		t.Errorf("%v: %d rows told", err, r.Candidates)
	}
	code, out, _ = runCommand(t, "reconcile", "--extract", population, "--profiles", profiles, "--out", to, "--force", "--all", "--lang", "vi")
	if code != exitFine || !strings.Contains(out, "chờ kết luận") {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, args := range [][]string{{}, {"--extract", population}, {"--extract", population, "--out", to, "--force", "--scope", "x"}, {"--extract", population, "--out", to, "--force", "--profiles", profiles, "--scope", "79"},
		{"--extract", "none.csv", "--out", to, "--force", "--profiles", profiles}, {"--extract", population, "--out", filepath.Join(to, "x"), "--profiles", profiles}} {
		if code, _, _ := runCommand(t, append([]string{"reconcile"}, args...)...); code != exitInput {
			t.Errorf("%v: exit %d, want %d", args, code, exitInput)
		}
	}
}

// The unresolved pupils of the services: their profiles are asked for school by school.
func TestReconcileOfServices(t *testing.T) {
	c := newCLI(t)
	c.services.progress = &reportingpb.GetProgressResponse{Schools: []*reportingpb.SchoolProgress{
		{Province: "01", School: "01000701", Windows: []*reportingpb.Counts{{Expected: 3, Verified: 1}}},
		{Province: "01", School: "01000702", Windows: []*reportingpb.Counts{{Expected: 3, Verified: 3}}},
	}}
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{
		{Pupil: "ref0100000001", Identity: &reportingpb.IdentityState{Outcome: matchingpb.Outcome_OUTCOME_MISMATCHED}},
		{Pupil: "q", Identity: &reportingpb.IdentityState{Outcome: matchingpb.Outcome_OUTCOME_CONFIRMED}},
	}}}
	c.services.held = []*studentpb.Record{{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000001", FullName: "Hoàng Thị Thuý",
		Identity: &studentpb.Identity{Kind: studentpb.IdentityKind_IDENTITY_KIND_PERSONAL_ID, Number: "001305000123"}}}}}
	extract := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(extract, []byte("key,id_number,full_name\nx,001305000123,Hoàng Thị Thúy\ny,001305000777,Trần Văn Nam\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "candidates.csv")
	for _, scope := range []string{"", "01", "01/01000701"} {
		c.want(exitFine, []string{`"profiles":1`, `"linked":1`}, "reconcile", "--extract", extract, "--out", to, "--force", "--scope", scope, "--json")
	}
	text, err := os.ReadFile(to)
	if err != nil || !strings.Contains(string(text), "ref0100000001,1,x,link,") || strings.Contains(string(text), "001305000123") {
		t.Errorf("%v: got %s", err, text)
	}
	if len(c.services.asked) != 3 {
		t.Errorf("asked %d schools, want the unfinished one each time", len(c.services.asked))
	}
}

// Each file of a linkage that is no text in UTF-8 is refused by name with how to make it so, and no value is printed.
func TestLinkageFilesThatAreNotText(t *testing.T) {
	population, profiles, truth := pairsOf(t)
	for i, path := range []string{population, profiles, truth} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(text), "\n")
		cells := strings.Repeat("secret\xf0,", strings.Count(header, ",")) + "secret\xf0"
		for name, bad := range map[string]string{"cell.csv": header + "\n" + cells + "\n", "header.csv": "\xff\xfek\x00e\x00y\x00\n"} {
			latin := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(latin, []byte(bad), 0o600); err != nil {
				t.Fatal(err)
			}
			files := []string{population, profiles, truth}
			files[i] = latin
			calls := [][]string{{"evaluate", "--population", files[0], "--profiles", files[1], "--truth", files[2]}}
			if i < 2 {
				out := filepath.Join(t.TempDir(), "out.csv")
				calls = append(calls, []string{"reconcile", "--extract", files[0], "--profiles", files[1], "--out", out})
			}
			for _, args := range calls {
				code, _, errOut := runCommand(t, args...)
				if code != exitInput || !strings.Contains(errOut, "UTF-8") || !strings.Contains(errOut, "Save As") || !strings.Contains(errOut, latin) ||
					strings.Contains(errOut, "secret") {
					t.Errorf("%v: exit %d and %q", args, code, errOut)
				}
			}
		}
	}
}
