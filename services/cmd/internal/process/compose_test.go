package process

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A misspelt variable of deploy/compose.yaml would be read by nobody: each one has to be a setting of its service.
func TestComposeNamesSettings(t *testing.T) {
	text, err := os.ReadFile("../../../../deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct{ Environment map[string]string }
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	for service := range abouts {
		t.Run(service, func(t *testing.T) {
			environment := compose.Services[service].Environment
			if len(environment) == 0 {
				t.Fatal("it is not in compose.yaml")
			}
			for key, value := range environment {
				switch {
				case key == "RASOAT_CONFIG": // read before the others; here it is a file that does not exist
				case strings.HasPrefix(key, "RASOAT_"):
					t.Setenv(key, value)
				}
			}
			var out bytes.Buffer
			_ = newSettings(service).Parse([]string{"--print-config"}, &out)
			for key := range environment {
				if strings.HasPrefix(key, "RASOAT_") && key != "RASOAT_CONFIG" && !strings.Contains(out.String(), "environment "+key) {
					t.Errorf("%s is no setting of %s; its settings:\n%s", key, service, out.String())
				}
			}
		})
	}
}
