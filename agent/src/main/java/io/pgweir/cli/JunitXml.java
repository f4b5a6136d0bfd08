package io.pgweir.cli;

import io.pgweir.rules.file.RuleTests.Outcome;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Outcomes as the XML that build servers read: a suite a file, a case a test. */
final class JunitXml {
    private JunitXml() {}

    static String of(List<Outcome> outcomes) {
        Map<String, List<Outcome>> suites = outcomes.stream()
                .collect(Collectors.groupingBy(Outcome::file, LinkedHashMap::new, Collectors.toList()));
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (Map.Entry<String, List<Outcome>> suite : suites.entrySet()) {
                write(xml, suite.getKey(), suite.getValue());
            }
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a writer to memory failed", e);
        }
        return text + "\n";
    }

    private static void write(XMLStreamWriter xml, String file, List<Outcome> outcomes) throws XMLStreamException {
        long failures = outcomes.stream().filter(one -> one.failure() != null).count();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", file);
        xml.writeAttribute("tests", String.valueOf(outcomes.size()));
        xml.writeAttribute("failures", String.valueOf(failures));
        for (Outcome outcome : outcomes) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", outcome.rule());
            xml.writeAttribute("name", "test " + outcome.number());
            xml.writeAttribute("file", file);
            xml.writeAttribute("line", String.valueOf(outcome.line()));
            String failure = outcome.failure();
            if (failure != null) {
                xml.writeStartElement("failure");
                xml.writeAttribute("message", failure);
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }
}
