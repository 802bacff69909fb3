import Foundation
import Programs
import TestSupport
import Testing

/// Programs that print credentials and send mail: what comes back of them, and that they inherit nothing.
@Suite struct ChildProgramTests {
    private let path = ["PATH": "/usr/bin:/bin"]

    private func run(_ script: String, input: [UInt8] = [], limit: Duration = .seconds(60)) async -> Result<
        [UInt8], ChildProgram.Failure
    > {
        await ChildProgram(arguments: ["/bin/sh", "-c", script], environment: path, input: input, limit: limit).run()
    }

    private func failure(_ result: Result<[UInt8], ChildProgram.Failure>) -> String? {
        if case .failure(let failure) = result { failure.reason } else { nil }
    }

    @Test(arguments: [
        ("printf key", "key"), ("", ""), ("printf 'a\\0b\\n'", "a\0b\n"), ("echo out; echo err >&2", "out\n"),
    ])
    func `hands over what was printed, byte for byte, and no message`(script: String, printed: String) async throws {
        #expect(try await run(script).get() == Array(printed.utf8))
    }

    @Test(arguments: [
        ("exit 3", "ended with exit code 3"), ("printf key; exit 1", "ended with exit code 1"),
        ("kill -9 $$", "was ended by signal 9"),
        ("kill -TERM $$", "was ended by signal 15"),
    ])
    func `says how a program failed, and nothing of its output`(script: String, reason: String) async {
        #expect(failure(await run(script)) == reason)
    }

    @Test func `says that a program is not there, or is none`() async throws {
        let missing = ChildProgram(arguments: ["/nowhere/program"], environment: [:], limit: .seconds(60))
        #expect(failure(await missing.run()) == "could not be started; is it there?")
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "text")
            try Data("no program".utf8).write(to: file)
            let text = ChildProgram(arguments: [file.path], environment: [:], limit: .seconds(60))
            #expect(failure(await text.run()) == "could not be started; is it there?")
        }
    }

    @Test func `passes arguments as they stand, through no shell`() async throws {
        let arguments = ["a b", "$HOME", "*", "`x`", "", "é\"'"]
        let program = ChildProgram(
            arguments: ["/usr/bin/printf", "%s|"] + arguments,
            environment: [:],
            limit: .seconds(60)
        )
        #expect(try await program.run().get() == Array((arguments.joined(separator: "|") + "|").utf8))
    }

    @Test func `gives the program the variables that are named, and no other`() async throws {
        let program = ChildProgram(
            arguments: ["/usr/bin/env"],
            environment: ["A": "1 =2", "EMPTY": ""],
            limit: .seconds(60)
        )
        let lines = String(decoding: try await program.run().get(), as: UTF8.self).split(separator: "\n")
        #expect(lines.sorted() == ["A=1 =2", "EMPTY="])
    }

    /// A file that is open here, without the flag that would close it by itself.
    @Test func `leaves no file and no signal to the program`() async throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        // A number that is free: tests beside this one have files of their own.
        let inherited = fcntl(descriptor, F_DUPFD, 90)
        try #require(inherited >= 90)
        defer { close(inherited) }
        #expect(try await run("if [ -e /proc/self/fd/\(inherited) ]; then printf leaked; fi").get() == [])
        let ignored = String(decoding: try await run("grep SigIgn /proc/self/status").get(), as: UTF8.self)
        let signals = try #require(UInt64(ignored.dropFirst(8).dropLast(), radix: 16))
        // The C library keeps signals 32 and 33 for itself, and lets nobody set them.
        #expect(signals & ~0x1_8000_0000 == 0, "\(ignored)")
    }

    @Test(arguments: [0, 1, 4096, ChildProgram.mostInputBytes])
    func `gives the program its whole input, and then an end`(count: Int) async throws {
        let input = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await run("cat", input: input).get() == input)
    }

    @Test func `a program that reads nothing fails nobody`() async throws {
        #expect(
            try await run("printf done", input: [UInt8](repeating: 7, count: ChildProgram.mostInputBytes)).get()
                == Array("done".utf8)
        )
    }

    @Test func `ends a program that does not end, with all that it has started`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "process")
            // On a busy machine a program needs its time until it has begun.
            for seconds in [1, 4, 16, 64, 256] {
                let result = await run("sleep 1000 & printf $! > '\(file.path)'; wait", limit: .seconds(seconds))
                #expect(failure(result) == "did not end within \(seconds) s")
                let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                guard let process = Int32(text) else { continue }
                try await waitUntil("the program's own child has ended") { kill(process, 0) != 0 || isZombie(process) }
                return
            }
            Issue.record("the program never began")
        }
    }

    /// Nobody here waits for a grandchild; it is gone all the same.
    private func isZombie(_ process: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
        return status.contains(") Z")
    }

    @Test func `waits for the program, not for what it leaves running with its output open`() async throws {
        #expect(try await run("sleep 20 & printf key").get() == Array("key".utf8))
    }

    /// 64 KiB are kept; one byte more is a program that prints too much, whether it has ended by itself or goes on.
    @Test(arguments: [65_535, 65_536])
    func `keeps output up to its limit`(count: Int) async throws {
        #expect(try await run("head -c \(count) /dev/zero").get() == [UInt8](repeating: 0, count: count))
    }

    @Test(arguments: ["head -c 65537 /dev/zero", "head -c 69000 /dev/zero", "head -c 200000 /dev/zero", "yes"])
    func `refuses longer output, and never hands over a part of it`(script: String) async {
        for _ in 0..<5 { #expect(failure(await run(script)) == "printed too much") }
    }
}
