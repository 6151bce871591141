using Naru.Testing.Running;

namespace Naru.Testing.Images;

/// <summary>Images that need no registry: Debian's static busybox as a small system, and a large one for pulls.</summary>
public static class FixtureImages
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode WorldWritable = (UnixFileMode)0b1_111_111_111;
    private const UnixFileMode Private = (UnixFileMode)0b110_100_000;

    /// <summary>Where Debian's busybox-static puts its executable.</summary>
    public static string BusyboxPath { get; } = File.Exists("/bin/busybox") ? "/bin/busybox" : "/usr/bin/busybox";

    /// <summary>A system like the well-known busybox image: applets in /bin, users root, daemon and nobody, /tmp with mode 1777.</summary>
    public static ImageArchive Busybox(params string[] tags)
    {
        var layer = new LayerBuilder();
        foreach (var directory in (string[])["bin", "dev", "etc", "home", "lib", "mnt", "proc", "run", "sbin", "sys", "usr", "usr/bin", "usr/sbin", "usr/local", "usr/local/bin", "var", "var/log"])
        {
            layer.Directory(directory + "/");
        }

        layer.Directory("root/", (UnixFileMode)0b111_000_000).Directory("tmp/", WorldWritable).Directory("var/tmp/", WorldWritable);
        layer.File("bin/busybox", File.ReadAllBytes(BusyboxPath), Executable);
        foreach (var applet in Command.Run(BusyboxPath, ["--list"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (applet != "busybox")
            {
                layer.Symlink("bin/" + applet, "busybox");
            }
        }

        layer.Symlink("usr/bin/env", "/bin/busybox");
        layer.File("etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n");
        layer.File("etc/group", "root:x:0:\ndaemon:x:1:\ntty:x:5:\nstaff:x:50:nobody\nwww-data:x:33:\nnogroup:x:65534:\n");
        layer.File("etc/shadow", "root:*:::::::\nnobody:*:::::::\n", Private);
        layer.File("etc/nsswitch.conf", "hosts: files dns\n").File("etc/os-release", "NAME=\"Fixture\"\nID=fixture\nVERSION_ID=1\n");
        return new ImageArchive { Tags = tags.Length == 0 ? ["busybox:latest"] : tags }.Layer(layer.Build());
    }

    /// <summary>
    /// An image of <paramref name="layers"/> layers of <paramref name="layerBytes"/> bytes each, a third of them compressible:
    /// the same seed gives the same digests.
    /// </summary>
    public static ImageArchive Large(string tag, int layers, int layerBytes, int seed = 7)
    {
        var image = new ImageArchive { Tags = [tag] };
        var random = new Random(seed);
        for (var index = 0; index < layers; index++)
        {
            var layer = new LayerBuilder().Directory($"data{index}/");
            var remaining = layerBytes;
            for (var part = 0; remaining > 0; part++)
            {
                var content = new byte[Math.Min(remaining, part % 4 == 0 ? 4 << 20 : 512 << 10)];
                random.NextBytes(content.AsSpan(0, content.Length * 2 / 3));
                layer.File($"data{index}/part{part:d4}", content);
                remaining -= content.Length;
            }

            image.Layer(layer.Build());
        }

        return image;
    }
}
