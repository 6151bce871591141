using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Copying;

/// <summary>A digest over what a plan would copy: names, kinds, modes, owners, contents and links, but no times.</summary>
internal static class CopyDigest
{
    private const int BufferSize = 256 * 1024;

    public static Digest Of(RootedDirectory source, CopyPlan plan, bool owners, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (var item in plan.Items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                AddHead(hash, item, owners);
                if (item.Status.IsSymlink)
                {
                    AddText(hash, source.ReadLink(item.Source));
                }
                else if (item.Status.IsRegular)
                {
                    AddContent(hash, source, item, buffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Digest.FromHash(hash.GetHashAndReset());
    }

    private static void AddHead(IncrementalHash hash, in CopyItem item, bool owners)
    {
        AddText(hash, item.Below);
        Span<byte> head = stackalloc byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(head, item.Status.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], owners ? item.Status.User : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], owners ? item.Status.Group : 0);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], item.Status.IsRegular ? item.Status.Size : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], item.Status.Device.Major);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], item.Status.Device.Minor);
        hash.AppendData(head);
    }

    private static void AddText(IncrementalHash hash, string text)
    {
        var bytes = PosixText.Encode(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static void AddContent(IncrementalHash hash, RootedDirectory source, in CopyItem item, byte[] buffer)
    {
        using var file = source.OpenRead(item.Source);
        int count;
        while ((count = file.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, count);
        }
    }

    /// <summary>A digest over texts, unmistakable where one ends.</summary>
    public static Digest OfTexts(params IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Digest.FromHash(hash.GetHashAndReset());
    }
}
