"""docs/sop.bpmn in the editor that most others are made from: bpmn-js, in Chromium."""

import pytest
from playwright.sync_api import Browser

from tests.architecture.places import ROOT

EDITOR = ROOT / ".venv/bpmn-js/node_modules/bpmn-js/dist/bpmn-modeler.production.min.js"
"""Put there by deploy/test-packages."""
_OPEN = """async drawing => {
  const editor = new BpmnJS({container: "main"});
  const opened = await editor.importXML(drawing);
  const saved = await editor.saveXML();
  return {
    warnings: opened.warnings.map(each => each.message),
    drawn: editor.get("elementRegistry").filter(each => each.type === "bpmn:Task").length,
    saved: saved.xml.length,
  };
}"""


@pytest.mark.skipif(not EDITOR.exists(), reason="bpmn-js is not here: deploy/test-packages gets it")
def test_the_sop_opens_in_a_bpmn_editor_without_a_warning(chromium: Browser) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_content("<main style='height: 800px'></main>")
    page.add_script_tag(path=EDITOR)
    drawing = (ROOT / "docs" / "sop.bpmn").read_text(encoding="utf-8")

    told = page.evaluate(_OPEN, drawing)

    page.close()
    assert ([], []) == (told["warnings"], complaints)
    assert drawing.count("<bpmn:task ") == told["drawn"]
    assert told["saved"] > len(drawing) / 2
