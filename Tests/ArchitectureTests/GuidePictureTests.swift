import Foundation
import Testing

/// The guides' pictures: small files, none missing, none left over.
@Suite struct GuidePictureTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")
    private static let mostBytes = 150_000

    private static func files(ofType type: String) -> [URL] {
        let found = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == type }
    }

    /// The names of pictures in the guides beside a picture's folder.
    private static func shown(in catalog: URL) throws -> Set<String> {
        let guides = files(ofType: "md").filter { $0.deletingLastPathComponent().path == catalog.path }
        return try guides.reduce(into: []) { names, guide in
            let text = try String(contentsOf: guide, encoding: .utf8)
            for match in text.matches(of: #/!\[[^\]]+\]\(([^)]+\.png)\)/#) { names.insert(String(match.1)) }
        }
    }

    @Test func `are small, and each is in a guide, for light and for dark pages`() throws {
        let pictures = Self.files(ofType: "png")
        #expect(!pictures.isEmpty)
        for picture in pictures {
            let name = picture.lastPathComponent
            let folder = picture.deletingLastPathComponent()
            #expect(folder.lastPathComponent == "Resources", "\(name)")
            let size = try FileManager.default.attributesOfItem(atPath: picture.path)[.size] as? Int
            #expect((size ?? .max) < Self.mostBytes, "\(name)")
            let shown = try Self.shown(in: folder.deletingLastPathComponent())
            #expect(shown.contains(name.replacing("~dark", with: "")), "\(name)")
            let pair =
                name.contains("~dark")
                ? name.replacing("~dark", with: "") : name.replacing(".png", with: "~dark.png")
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: pair).path), "\(pair)")
        }
    }

    @Test func `exist where a guide shows one`() throws {
        let existing = Self.files(ofType: "png")
        for catalog in Set(Self.files(ofType: "md").map { $0.deletingLastPathComponent() }) {
            for name in try Self.shown(in: catalog) {
                let path = catalog.appending(path: "Resources").appending(path: name).path
                #expect(existing.contains { $0.path == path }, "\(name)")
            }
        }
    }
}
