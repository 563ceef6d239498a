package export

import (
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// text is a YAML scalar, quoted where that is needed.
func text(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	return n
}

// number is one that stays a number.
func number(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: value}
}

// words is a list on one line.
func words(values ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, text(v))
	}
	return n
}

// list is a list with a line for each.
func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// table is a mapping that keeps its order.
type table struct{ node yaml.Node }

// with adds a key. comment stands above it, and may be empty.
func (t *table) with(key, comment string, value *yaml.Node) *table {
	k := text(key)
	if comment != "" {
		k.HeadComment = "# " + comment
	}
	t.node.Kind = yaml.MappingNode
	t.node.Content = append(t.node.Content, k, value)
	return t
}

// asComment is a name in a comment. Some programs put variables into the whole file.
func asComment(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("${}", r) {
			return ' '
		}
		return r
	}, plain(name))
}

// of is a mapping of all cameras by id, with their names in comments.
func of(s Source, each func(Camera) *yaml.Node) *yaml.Node {
	t := &table{node: yaml.Node{Kind: yaml.MappingNode}}
	if len(s.Cameras) == 0 {
		t.node.Style = yaml.FlowStyle // {}
	}
	for _, c := range s.Cameras {
		t.with(id(c.Key), asComment(c.Name), each(c))
	}
	return &t.node
}

// writeYAML writes a comment and a document.
func writeYAML(w io.Writer, about string, t *table) error {
	if _, err := io.WriteString(w, comment(about)); err != nil {
		return err
	}
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(&t.node); err != nil {
		return err
	}
	return e.Close()
}

// comment puts # before each line.
func comment(about string) string {
	return "# " + strings.ReplaceAll(strings.TrimSpace(about), "\n", "\n# ") + "\n"
}
