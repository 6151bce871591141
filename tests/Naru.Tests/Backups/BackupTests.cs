using Naru.Backups;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Testing;

namespace Naru.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _data;

    public BackupTests()
    {
        _data = Path.Combine(_directory.Path, "data");
        Write("instance", "0123abcd\n");
        Write("containers/c1/container.json", "{\"name\":\"c1\"}");
        Write("volumes/v/_data/big", new string('x', 100_000));
        Write("volumes/v/volume.json", "{}");
        Write("naru.lock", "");
        File.CreateSymbolicLink(Path.Combine(_data, "dangling"), "/nowhere");
        File.CreateSymbolicLink(Path.Combine(_data, "containers/link"), "c1");
        File.SetUnixFileMode(Path.Combine(_data, "instance"), UnixFileMode.UserRead);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Restore_OfABackup_GivesTheSameTree()
    {
        var target = await RestoreAsync(await BackUpAsync(volumes: true));

        Assert.Equal("{\"name\":\"c1\"}", await File.ReadAllTextAsync(Path.Combine(target, "containers/c1/container.json")));
        Assert.Equal(100_000, new FileInfo(Path.Combine(target, "volumes/v/_data/big")).Length);
        Assert.Equal("c1", new FileInfo(Path.Combine(target, "containers/link")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(target, "instance")));
        Assert.False(File.Exists(Path.Combine(target, "naru.lock")));
    }

    [Fact]
    public async Task Backup_WithoutVolumes_LeavesTheirContentsOut()
    {
        var target = await RestoreAsync(await BackUpAsync(volumes: false));

        Assert.True(File.Exists(Path.Combine(target, "volumes/v/volume.json")));
        Assert.False(File.Exists(Path.Combine(target, "volumes/v/_data/big")));
    }

    [Fact]
    public async Task Restore_OneByteChanged_IsRefusedAndLeavesNothing()
    {
        var backup = Unpacked(await BackUpAsync(volumes: true));
        var at = backup.AsSpan().IndexOf("\"name\":\"c1\""u8);
        backup[at + 9] = (byte)'9';

        var exception = await Assert.ThrowsAsync<NaruException>(() => RestoreAsync(Packed(backup)));

        Assert.Equal(ErrorKind.DataLoss, exception.Kind);
        Assert.Contains("its sum is wrong", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_directory.Path), path => path != _data);
    }

    [Fact]
    public async Task Restore_CutOff_IsRefused()
    {
        var backup = await BackUpAsync(volumes: true);

        var exception = await Assert.ThrowsAsync<NaruException>(() => RestoreAsync(backup[..(backup.Length / 2)]));

        Assert.Equal(ErrorKind.DataLoss, exception.Kind);
    }

    [Fact]
    public async Task Restore_SomethingElse_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<NaruException>(() => RestoreAsync("not a backup at all"u8.ToArray()));

        Assert.Equal(ErrorKind.DataLoss, exception.Kind);
    }

    [Fact]
    public async Task Restore_IntoADirectoryInUse_IsRefusedAndChangesNothing()
    {
        var backup = await BackUpAsync(volumes: false);

        var exception = await Assert.ThrowsAsync<NaruException>(() => BackupReader.RestoreAsync(new MemoryStream(backup), _data, default));

        Assert.Equal(ErrorKind.FailedPrecondition, exception.Kind);
        Assert.True(File.Exists(Path.Combine(_data, "volumes/v/_data/big")));
    }

    private async Task<byte[]> BackUpAsync(bool volumes)
    {
        var writer = new BackupWriter(new EngineDirectories(_data, Path.Combine(_directory.Path, "run"), "0123abcd"), TimeProvider.System);
        using var buffer = new MemoryStream();
        await writer.WriteAsync(buffer, volumes, default);
        return buffer.ToArray();
    }

    private async Task<string> RestoreAsync(byte[] backup)
    {
        var target = Path.Combine(_directory.Path, "restored");
        await BackupReader.RestoreAsync(new MemoryStream(backup), target, default);
        return target;
    }

    private static byte[] Unpacked(byte[] backup)
    {
        using var plain = new MemoryStream();
        using var zip = new System.IO.Compression.GZipStream(new MemoryStream(backup), System.IO.Compression.CompressionMode.Decompress);
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(plain);
        }

        return packed.ToArray();
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_data, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
