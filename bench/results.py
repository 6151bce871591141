"""RESULTS.md: a section for each benchmark, replaced where it stands; the one of the containers is the head of the file."""

import os
import re

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "RESULTS.md")


def read():
    if not os.path.exists(PATH):
        return "# Results\n", {}
    with open(PATH) as file:
        head, *sections = re.split(r"(?m)^(?=## )", file.read())
    return head, {section.split("\n", 1)[0]: section for section in sections}


def write(head, sections):
    with open(PATH, "w") as file:
        file.write("\n".join(part.rstrip() + "\n" for part in [head, *sections.values()]))


def replace_section(heading, lines):
    head, sections = read()
    sections[heading] = "\n".join([heading, "", *lines])
    write(head, sections)


def replace_head(lines):
    write("\n".join(["# Results", "", *lines]), read()[1])
