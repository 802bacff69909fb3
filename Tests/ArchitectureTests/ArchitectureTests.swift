import Foundation
import Testing

/// Holds the sources to the rules that the compiler does not hold them to.
@Suite struct ArchitectureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// One Swift file below `Sources`.
    private struct SourceFile: Sendable {
        let module: String
        let path: String
        let lines: [String]
    }

    /// Read once for all tests.
    private static let files = Result { try read() }

    private static func sources() throws -> [SourceFile] { try files.get() }

    private static func read() throws -> [SourceFile] {
        let folder = root.appending(path: "Sources")
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        var files: [SourceFile] = []
        for case let file as URL in walk where file.pathExtension == "swift" {
            let path = String(file.path.dropFirst(root.path.count + 1))
            let text = try String(contentsOf: file, encoding: .utf8)
            files.append(
                SourceFile(
                    module: path.split(separator: "/")[1].description,
                    path: path,
                    lines: text.components(separatedBy: "\n")
                )
            )
        }
        return files
    }

    private static func imports(_ file: SourceFile) -> [(line: Int, module: String)] {
        file.lines.enumerated().compactMap { number, line in
            // A regular expression costs far more than this look.
            guard line.utf8.count < 100, line.contains("import "),
                let match = line.wholeMatch(
                    of: #/(?:package |@preconcurrency |@_exported )*import (?:struct |class |enum |func )?(\w+).*/#
                )
            else { return nil }
            return (number + 1, String(match.1))
        }
    }

    /// Which of our modules a module may import, as the manifest has it.
    private static func manifestDependencies() throws -> [String: Set<String>] {
        let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        var found: [String: Set<String>] = [:]
        for match in manifest.matches(of: #/[tT]arget\(\s*name: "([\w-]+)"(?:,\s*dependencies: \[([^\]]*)\])?/#) {
            let names = match.2.map { list in list.matches(of: #/"(\w+)"/#).map { String($0.1) } } ?? []
            found[String(match.1)] = Set(names)
        }
        return found
    }

    @Test func `imports only siblings that the manifest names`() throws {
        let files = try Self.sources()
        let dependencies = try Self.manifestDependencies()
        let ours = Set(files.map(\.module))
        #expect(ours.count > 10)
        for file in files {
            for (line, module) in Self.imports(file) where ours.contains(module) {
                #expect(
                    dependencies[file.module]?.contains(module) == true,
                    "\(file.path):\(line): \(file.module) may not import \(module)"
                )
            }
        }
    }

    @Test(arguments: [
        ("GRDB", ["JournalSQLite", "ParityRuns"]), ("CLZ4", ["JournalFormat"]), ("CLibcrypto", ["Digest"]),
        ("CZlib", ["Client"]), ("CSpawn", ["Programs"]), ("CLibpq", ["JournalPostgres"]),
        ("AsyncHTTPClient", ["Client", "Posting", "tollgate-bench"]),
        ("Vendors", ["Facades", "Gateway", "tollgate-bench"]), ("Facades", ["Gateway"]),
        ("JournalSQLite", ["Gateway", "tollgate", "tollgate-bench"]),
        ("JournalPostgres", ["Gateway", "tollgate", "tollgate-bench"]),
        ("ParityRuns", ["Gateway"]),
        ("Observability", ["Gateway", "tollgate"]),
        ("Hummingbird", ["Ingress", "Sandbox", "tollgate-bench"]), ("ArgumentParser", ["tollgate", "tollgate-bench"]),
    ])
    func `keeps a module to its homes`(module: String, homes: [String]) throws {
        for file in try Self.sources() where !homes.contains(file.module) {
            for found in Self.imports(file) where found.module == module {
                Issue.record("\(file.path):\(found.line): \(module) belongs to \(homes.joined(separator: ", "))")
            }
        }
    }

    @Test func `documents every declaration that other modules see`() throws {
        let declaration =
            #/\s*package (?:indirect |static |mutating |final |convenience |private\(set\) |internal\(set\) |fileprivate\(set\) )*(?:struct|class|enum|protocol|func|actor|typealias) .*/#
        for file in try Self.sources() {
            for (number, line) in file.lines.enumerated()
            where line.contains("package ") && line.wholeMatch(of: declaration) != nil {
                var above = number - 1
                while above >= 0, file.lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@") { above -= 1 }
                let isDocumented = above >= 0 && file.lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
                // What a protocol says of itself need not be said again where it is met.
                let isInExtension =
                    file.lines[..<number].last { !$0.hasPrefix(" ") && !$0.isEmpty && $0 != "}" }?.contains(
                        "extension "
                    ) ?? false
                let isWitness =
                    line.contains("static func <") || line.contains("static func ==")
                    || line.contains("func distance(to")
                    || line.contains("func advanced(by") || line.contains("func run()")
                    || line.contains("mutating func next()")
                #expect(
                    isDocumented || isInExtension || isWitness || Self.isMember(of: file, number),
                    "\(file.path):\(number + 1): no doc comment"
                )
            }
        }
    }

    /// Whether a declaration is a member of a type that adopts a protocol of ours, which has the comment.
    private static func isMember(of file: SourceFile, _ number: Int) -> Bool {
        guard
            file.lines[number].hasPrefix("    package func")
                || file.lines[number].hasPrefix("    package mutating func")
        else { return false }
        let type =
            file.lines[..<number].last {
                $0.hasPrefix("package ") || $0.hasPrefix("extension ") || $0.hasPrefix("struct ")
            } ?? ""
        return type.contains(":") || file.lines[number].contains("func member(")
            || [
                "func null", "func bool", "func integer", "func endObject", "func beginArray", "func endArray",
                "func beginObject",
            ]
            .contains { file.lines[number].contains($0) }
    }

    @Test func `has no file that is everybody's drawer`() throws {
        for file in try Self.sources() {
            let name = file.path.split(separator: "/").last ?? ""
            for drawer in ["Utils", "Util.", "Helper", "Common", "Manager", "Misc", "Extensions."] {
                #expect(!name.contains(drawer), "\(file.path) is named after nothing")
            }
        }
    }

    @Test func `proves what the compiler is not allowed to check`() throws {
        for file in try Self.sources() {
            for (number, line) in file.lines.enumerated() {
                let isCode = !line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
                let isRisky = ["@unchecked Sendable", "nonisolated(unsafe)", " Task {", "try!"].contains {
                    line.contains($0)
                }
                guard isCode, isRisky else { continue }
                let near = file.lines[max(0, number - 12)...number]
                #expect(
                    near.contains { $0.contains("Safe:") },
                    "\(file.path):\(number + 1): no proof that this is safe"
                )
            }
        }
    }

    /// A conversion traps where the number is too large, infinite or none, so its bounds stand beside it.
    @Test func `converts no floating-point number that has no bounds`() throws {
        let conversion = #/\bU?Int(?:8|16|32|64)?\((?!exactly:|clamping:).*\.rounded\(/#
        for file in try Self.sources() where file.module != "tollgate-bench" {
            for (number, line) in file.lines.enumerated()
            where line.contains(".rounded(") && line.contains(conversion) && !line.contains("min(") {
                let near = file.lines[max(0, number - 3)...number]
                #expect(near.contains { $0.contains("Safe:") }, "\(file.path):\(number + 1): no bounds")
            }
        }
    }

    @Test func `lets no vendor name another`() throws {
        let wings = ["Sources/Vendors/", "Sources/Facades/"]
        let files = try Self.sources().filter { file in wings.contains { file.path.hasPrefix($0) } }
        // A vendor is a folder with an adapter.
        let vendors = Set(
            files.compactMap { file in
                file.path.wholeMatch(of: #/Sources/Vendors/(\w+)/\1Adapter\.swift/#).map { String($0.1) }
            }
        )
        #expect(vendors.count > 3)
        for file in files {
            guard let own = vendors.first(where: { file.path.split(separator: "/")[2] == $0 }) else { continue }
            for (number, line) in file.lines.enumerated() {
                for other in vendors where other != own && line.contains(other) {
                    Issue.record("\(file.path):\(number + 1): \(own) names \(other)")
                }
            }
        }
    }

    @Test func `declares nothing public`() throws {
        for file in try Self.sources() {
            for (number, line) in file.lines.enumerated()
            where line.trimmingCharacters(in: .whitespaces).hasPrefix("public ") {
                Issue.record("\(file.path):\(number + 1): modules of one package share by `package`")
            }
        }
    }
}
