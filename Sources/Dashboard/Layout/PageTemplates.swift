import Mustache

/// All templates, parsed once, and the way from a page to its text.
package enum PageTemplates {
    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        var library = MustacheLibrary()
        for (name, text) in TemplateFiles.all {
            do {
                try library.register(EscapedHTML.pragma + text, named: name)
            } catch {
                preconditionFailure("the template \(name) is not valid: \(error)")
            }
        }
        return library
    }()

    /// The whole document.
    ///
    /// It takes milliseconds, so it is not for event loops.
    package static func document(_ page: some PageContent, in frame: PageFrame) -> String {
        render(page, in: frame, with: "Layout")
    }

    /// The part of the document that a refresh replaces: the content without menu and head.
    package static func content(_ page: some PageContent, in frame: PageFrame) -> String {
        render(page, in: frame, with: "Content")
    }

    private static func render(_ page: some PageContent, in frame: PageFrame, with outer: String) -> String {
        let template = type(of: page).template
        precondition(library.getTemplate(named: template) != nil, "no template is named \(template)")
        let document = PageMembers([
            "frame": PageMembers(of: frame), "title": page.title, "template": template, "page": PageMembers(of: page),
        ])
        guard let text = library.render(document, withTemplate: outer) else {
            preconditionFailure("no template is named \(outer)")
        }
        return text
    }
}
