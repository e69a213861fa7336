package main

import (
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/prometheus/common/model"
)

// prometheusConfig is the part of Prometheus' configuration that is in use.
type prometheusConfig struct {
	Global struct {
		ScrapeInterval     model.Duration `yaml:"scrape_interval"`
		ScrapeTimeout      model.Duration `yaml:"scrape_timeout"`
		EvaluationInterval model.Duration `yaml:"evaluation_interval"`
	}
	RuleFiles     []string `yaml:"rule_files"`
	ScrapeConfigs []struct {
		JobName      string `yaml:"job_name"`
		DNSSDConfigs []struct {
			Names           []string
			Type            string
			Port            int
			RefreshInterval model.Duration `yaml:"refresh_interval"`
		} `yaml:"dns_sd_configs"`
		StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
	} `yaml:"scrape_configs"`
}

// jobs gives the names of what is scraped.
func jobs(folder string) ([]string, error) {
	var config prometheusConfig
	if err := strict(filepath.Join(folder, "prometheus/prometheus.yml"), &config); err != nil {
		return nil, err
	}
	var out []string
	for _, s := range config.ScrapeConfigs {
		out = append(out, s.JobName)
	}
	return out, nil
}

// httpPort is where the services show their metrics.
const httpPort = 7247

// checkPrometheus sees that every service of ours is looked at, where it listens.
func checkPrometheus(folder string, p *types.Project, c *complaints) {
	file := filepath.Join(folder, "prometheus/prometheus.yml")
	var config prometheusConfig
	if err := strict(file, &config); err != nil {
		c.add("%w", err)
		return
	}
	if config.Global.ScrapeTimeout > config.Global.ScrapeInterval {
		c.add("%s: scrape_timeout is longer than scrape_interval", file)
	}
	if !slices.Equal(config.RuleFiles, []string{"rules.yaml"}) {
		c.add("%s: rule_files are %v, must be rules.yaml", file, config.RuleFiles)
	}
	var looked []string
	for _, s := range config.ScrapeConfigs {
		for _, d := range s.DNSSDConfigs {
			looked = append(looked, d.Names...)
			if d.Type != "A" || d.Port != httpPort || !slices.Equal(d.Names, []string{s.JobName}) {
				c.add("%s: job %s must look for itself at port %d by A records", file, s.JobName, httpPort)
			}
		}
		for _, static := range s.StaticConfigs {
			for _, target := range static.Targets {
				checkHost(file, target, p, c)
			}
		}
	}
	for name, s := range p.Services {
		if _, serves := s.Environment["RASOAT_DRIVE"]; serves && !slices.Contains(looked, name) {
			c.add("%s: no job looks at %s", file, name)
		}
	}
}
