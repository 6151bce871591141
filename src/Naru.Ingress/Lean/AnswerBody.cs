using System.Buffers.Text;

namespace Naru.Ingress.Lean;

/// <summary>Passes the body of an answer on, as it comes.</summary>
internal readonly struct AnswerBody(ILeanClient client, LeanConnection connection, TimeSpan patience)
{
    private const int Piece = 16 << 10;

    /// <summary>Passes the whole body on; false if only its end showed where it ends, so that the connection is of no further use.</summary>
    public async ValueTask<bool> PassAsync(ResponseHead head)
    {
        var ends = true;
        if (head.HasBody && !client.WantsHeadOnly)
        {
            if (connection.Received.IsEmpty && head.Length != 0)
            {
                await client.StartAsync();
            }

            if (head.IsChunked)
            {
                await PassChunksAsync();
            }
            else if (head.Length >= 0)
            {
                await PassLengthAsync(head.Length);
            }
            else
            {
                await PassRestAsync();
                ends = false;
            }
        }

        await client.EndAsync();
        return ends;
    }

    private async ValueTask PassLengthAsync(long left)
    {
        left = await PassReceivedAsync(left);
        while (left > 0)
        {
            var memory = client.GetMemory((int)Math.Min(left, Piece));
            var length = await connection.ReceiveAsync(memory[..(int)Math.Min(left, memory.Length)]);
            if (length == 0)
            {
                throw new InvalidDataException("the answer ended too early");
            }

            left -= length;
            await AdvanceAsync(length);
        }
    }

    private async ValueTask PassRestAsync()
    {
        await PassReceivedAsync(long.MaxValue);
        while (true)
        {
            var length = await connection.ReceiveAsync(client.GetMemory(Piece));
            if (length == 0)
            {
                return;
            }

            await AdvanceAsync(length);
        }
    }

    private async ValueTask PassChunksAsync()
    {
        while (true)
        {
            var size = await ReadSizeAsync();
            if (size == 0)
            {
                break;
            }

            while ((size = await PassReceivedAsync(size)) > 0)
            {
                await MoreAsync();
            }

            if (await ReadLineAsync() != 0)
            {
                throw new InvalidDataException("a piece of the answer does not end where it should");
            }
        }

        // Trailers: nobody who asks by HTTP/1.1 without a body waits for them.
        while (await ReadLineAsync() != 0)
        {
        }
    }

    /// <summary>Passes on of what was received at most so many bytes; how many are left.</summary>
    private async ValueTask<long> PassReceivedAsync(long left)
    {
        while (left > 0 && !connection.Received.IsEmpty)
        {
            var length = (int)Math.Min(Math.Min(connection.Received.Length, Piece), left);
            connection.Received[..length].CopyTo(client.GetMemory(length));
            connection.Take(length);
            left -= length;
            await AdvanceAsync(length);
        }

        return left;
    }

    private async ValueTask AdvanceAsync(int length)
    {
        await client.AdvanceAsync(length);
        connection.SetPatience(patience);
    }

    private async ValueTask MoreAsync()
    {
        if (await connection.FillAsync() == 0)
        {
            throw new InvalidDataException("the answer ended too early");
        }

        connection.SetPatience(patience);
    }

    private async ValueTask<long> ReadSizeAsync()
    {
        int end;
        while ((end = connection.Received.Span.IndexOf("\r\n"u8)) < 0)
        {
            await MoreAsync();
        }

        var line = connection.Received.Span[..end];
        var semicolon = line.IndexOf((byte)';');
        var digits = (semicolon < 0 ? line : line[..semicolon]).Trim(" \t"u8);
        if (digits.IsEmpty || digits.Length > 15 || !Utf8Parser.TryParse(digits, out long size, out var used, 'x') || used != digits.Length)
        {
            throw new InvalidDataException("the length of a piece of the answer is no number");
        }

        connection.Take(end + 2);
        return size;
    }

    /// <summary>Takes a line and says how long it was.</summary>
    private async ValueTask<int> ReadLineAsync()
    {
        int end;
        while ((end = connection.Received.Span.IndexOf("\r\n"u8)) < 0)
        {
            await MoreAsync();
        }

        connection.Take(end + 2);
        return end;
    }
}
