package documents

import (
	"strings"
	"testing"
)

// A fence that is not marked as the package comment says would not be run, and nobody would notice.
func TestFences(t *testing.T) {
	const fence = "```"
	for text, want := range map[string]string{
		fence + "sh\nls\n" + fence:                                              "",
		fence + "sh exits 3\nls\n" + fence:                                      "why the command fails",
		fence + "sh exits 3\nls\n" + fence + "\n" + fence + "text\nx\n" + fence: "",
		fence + "sh needs docker kubectl\nls\n" + fence:                         "",
		fence + "sh server\nls\n" + fence + "\n" + fence + "text\nx\n" + fence:  "",
		fence + "\nls\n" + fence:                                                "says no language",
		fence + "bash\nls\n" + fence:                                            "no fence",
		fence + "sh skip\nls\n" + fence:                                         "no fence",
		fence + "sh exits\nls\n" + fence:                                        "no fence",
		fence + "sh needs podman\nls\n" + fence:                                 "no fence",
		fence + "sh\nls\n":                                                      "not closed",
		fence + "sh server\nls\n" + fence + "\n":                                "when the server is ready",
	} {
		_, err := parse("x.md", text)
		if got := err != nil; got != (want != "") || got && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// What a README shows has to be printed in its order; … stands for anything in a line.
func TestShown(t *testing.T) {
	const printed = "School   Pupils\n01/01000701      334\nTotal 334 of 400\n"
	for shown, want := range map[string]string{
		"School Pupils\nTotal 334":       "",
		"01/… 334\nTotal … 400":          "",
		"Total … of\n400":                "",
		"Total\nSchool":                  "School",
		"334 … 01/":                      "334 … 01/",
		"School\n01/01000701\n334 of 40": "",
		"335":                            "335",
	} {
		if got := missing(printed, strings.Split(shown, "\n")); got != want {
			t.Errorf("%q: got %q, want %q", shown, got, want)
		}
	}
}

// Headings have the names that GitHub gives them.
func TestAnchors(t *testing.T) {
	d, err := parse("x.md", "# Triển khai · Deploying\n\n## Why `go run`?\n\n## See [it](x.md)\n\n## Why `go run`?\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"triển-khai--deploying", "why-go-run", "see-it", "why-go-run-1"} {
		if !d.anchors()[want] {
			t.Errorf("no %s in %v", want, d.anchors())
		}
	}
}

// A program that a README does not say it needs is refused, and a stand-in refuses what is not of this repository.
func TestStandIns(t *testing.T) {
	t.Chdir(root)
	t.Setenv(needsEnv, "docker kubectl helm")
	for line, want := range map[string]string{
		"docker compose -f deploy/compose.yaml --profile sandbox up --build -d":         "",
		"docker compose -f deploy/compose.yaml up -d --no-deps reporting":               "",
		"docker compose -f deploy/compose.yaml up -d repotring":                         "no service",
		"docker compose -f deploy/compose.yaml --profile toybox up":                     "no service has the profile",
		"docker compose -f deploy/compose.yml ps":                                       "no such file",
		"kubectl create secret generic rasoat-nats --from-literal=url=nats://nats:4222": "",
		"kubectl create secret generic rasoat-nats --from-literal=uri=nats://nats:4222": "no key uri",
		"kubectl create secret generic rasoat-gnats --from-literal=url=nats://n:4222":   "no secret",
		"kubectl create configmap drive --from-file=deploy/drives/2022-2023-12":         "",
		"helm install rasoat charts/rasoat --values charts/rasoat/ci/one-node.yaml":     "",
		"helm install rasoat charts/rasoat --values deploy/compose.yaml":                "no value",
		"sudo chown 0:0 README.md": "needs sudo",
	} {
		words := strings.Fields(line)
		err := standIns[words[0]](words[1:])
		if got := err != nil; got != (want != "") || got && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", line, err, want)
		}
	}
}
