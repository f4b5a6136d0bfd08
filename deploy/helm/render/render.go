// Renders the chart with what Helm itself is made of, text/template and sprig, for machines that have no Helm: Debian packages
// both. No schema of values, no hooks, no dependencies but the charts below charts/.
//
//	apt-get install golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o render render.go
//	render CHART RELEASE [VALUES]
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type values = map[string]interface{}

// A chart, and the charts that it depends on, as templates see them.
type chart struct {
	dir     string
	context values
	below   []chart
}

func read(file string) values {
	text, err := os.ReadFile(file)
	fail(err)
	var parsed values
	fail(yaml.Unmarshal(text, &parsed))
	return parsed
}

func merge(into, from values) values {
	for key, value := range from {
		// As Helm: a null takes the key out.
		if value == nil {
			delete(into, key)
			continue
		}
		if below, ok := value.(values); ok {
			if old, ok := into[key].(values); ok {
				into[key] = merge(old, below)
				continue
			}
		}
		into[key] = value
	}
	return into
}

func load(dir, release string, given values) chart {
	meta := read(filepath.Join(dir, "Chart.yaml"))
	own := merge(read(filepath.Join(dir, "values.yaml")), given)
	// Templates write .Chart.AppVersion where the file says appVersion.
	about := values{}
	for key, value := range meta {
		about[strings.ToUpper(key[:1])+key[1:]] = value
	}
	c := chart{dir: dir}
	subcharts := values{}
	dirs, _ := filepath.Glob(filepath.Join(dir, "charts", "*"))
	for _, sub := range dirs {
		name := filepath.Base(sub)
		of, _ := own[name].(values)
		one := load(sub, release, of)
		c.below = append(c.below, one)
		subcharts[name] = one.context
	}
	c.context = values{
		"Values":    own,
		"Chart":     about,
		"Subcharts": subcharts,
		"Release": values{"Name": release, "Namespace": "default", "Service": "Helm", "IsInstall": true,
			"IsUpgrade": false, "Revision": 1},
		"Capabilities": values{"KubeVersion": values{"Version": "v1.32.0", "Major": "1", "Minor": "32"}},
	}
	return c
}

func parse(all *template.Template, c chart, contexts map[string]values) {
	files, _ := filepath.Glob(filepath.Join(c.dir, "templates", "*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		fail(err)
		_, err = all.New(file).Parse(string(text))
		fail(err)
		contexts[file] = c.context
	}
	for _, below := range c.below {
		parse(all, below, contexts)
	}
}

func functions(all *template.Template) template.FuncMap {
	funcs := sprig.TxtFuncMap()
	delete(funcs, "env")
	delete(funcs, "expandenv")
	funcs["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		fail(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	funcs["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := all.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	funcs["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	return funcs
}

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: render CHART RELEASE [VALUES]"))
	}
	given := values{}
	if len(os.Args) > 3 {
		given = read(os.Args[3])
	}
	c := load(os.Args[1], os.Args[2], given)
	all := template.New("chart").Option("missingkey=zero")
	all.Funcs(functions(all))
	contexts := map[string]values{}
	parse(all, c, contexts)
	var names []string
	for name := range contexts {
		if base := filepath.Base(name); strings.HasSuffix(base, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		var out strings.Builder
		fail(all.ExecuteTemplate(&out, name, contexts[name]))
		if text := strings.TrimSpace(out.String()); text != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, text)
		}
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
