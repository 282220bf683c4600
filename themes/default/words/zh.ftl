# 界面上的所有文字。自己的文件只需写出要改的部分。
# { $name } 代表一个值。

language_name = 简体中文

# 所有页面
skip = 跳到正文
menu = 网站
footer = 关于本站
languages = 语言
breadcrumbs = 当前位置
contact = 联系方式
feed = 订阅源
page_title = { $title } – { $site }

# 相册
home = 首页
galleries = 相册
photos = 照片
photo_count = { $count ->
   *[other] { $count } 张照片
}
gallery_count = { $count ->
   *[other] { $count } 个相册
}
pages = 此相册的页面
page_of = { $title }，第 { $number } 页
page_number = 第 { $number } 页
previous_page = 前面的照片
next_page = 更多照片
sections = 章节
open_until = 开放至{ $date }
empty_site = 相册将显示在这里。
empty_gallery = 这里还没有照片。

# 一张照片
photo_of = 第 { $number } 张照片，共 { $total } 张，{ $gallery }
photo_number = 第 { $number } 张照片，共 { $total } 张
photo_navigation = 此相册的其他照片
previous = 上一张
next = 下一张
all_photos = 所有照片
details = 关于这张照片
taken = 拍摄时间
place = 地点
camera = 相机
lens = 镜头
exposure = 曝光
keywords = 关键词
creator = 摄影
credit = 署名
copyright = 版权
licence = 许可

# 查看器
viewer = 照片查看器
viewer_close = 关闭
viewer_zoom_in = 放大
viewer_zoom_out = 缩小
viewer_information = 信息
viewer_slideshow = 幻灯片
viewer_pause = 暂停
viewer_full_screen = 全屏
viewer_failed = 无法加载这张照片。
share = 分享
share_gallery = 分享此相册
copied = 已复制
done = 完成

# 收藏
favourites = 收藏
favourite_add = 加入“{ $list }”
favourite_remove = 从“{ $list }”中移除
favourites_count = { $count } / { $limit }
favourites_empty = 这里还没有内容。请点按照片上的爱心。
favourites_full = “{ $list }”已有约定的 { $limit } 张照片。移除一张后即可加入其他照片。
favourites_local = 在您发送或清除之前，您的选择仅保存在此设备上。
favourites_list = 列表
favourites_clear = 全部清除
favourites_clear_ask = 要从此设备清除您的所有选择和备注吗？
favourites_note = 对这张照片的备注
favourites_message = 给摄影师的留言
favourites_name = 您的姓名
favourites_send = 发送给摄影师
favourites_sent = 已发送，谢谢！
favourites_failed = 发送失败。请重试，或选择其他方式。
favourites_mail = 电子邮件
favourites_file = 文件
favourites_csv = 表格（CSV）
favourites_names = 复制文件名
favourites_link = 在其他设备上继续
favourites_link_text = 请在另一台设备上打开此链接。
favourites_receive = 要加入另一台设备上的选择吗（{ $count } 张）？
favourites_subject = 收藏：{ $gallery }
storage_off = 此浏览器不保存数据，您的选择仅在关闭页面前有效。

# 下载
download = 下载
download_photo = 下载这张照片
downloads = 下载
download_part = 第 { $number } 部分，共 { $total } 部分
download_favourites = 下载收藏的照片
download_batch = 保存（{ $count } 张）
download_waiting = 正在获取第 { $number } 张，共 { $total } 张
download_failed = 下载失败：{ $file }
size_kilobytes = { $number } KB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# 筛选
filter = 筛选
filter_keywords = 关键词
filter_dates = 日期
filter_all = 显示全部
filter_count = { $count ->
   *[other] { $count } 张照片
}
filter_none = 没有符合条件的照片。

# 访问码、加密相册和查找页面
code = 访问码
code_checking = 正在检查…
code_symbol = 访问码只包含字母和数字。
code_length = 访问码由 16 个字母和数字组成，而不是 { $count } 个。
code_check = 此访问码有输入错误，请与您收到的访问码核对。
unlock = 打开相册
unlock_text = 请输入您收到的访问码。
unlock_text_password = 请输入您收到的访问码或密码。
unlock_password = 访问码或密码
unlock_show = 显示
unlock_hide = 隐藏
unlock_remember = 在此设备上记住
unlock_forget = 在此设备上忘记
unlock_opening = 正在打开相册…
unlock_wrong = 此访问码无法打开这个相册。
unlock_wrong_password = 此访问码或密码无法打开这个相册。
unlock_outdated = 此页面已过时，请重新加载后再试。
unlock_updating = 此相册正在更新，请几分钟后再试。
unlock_damaged = 相册文件已损坏，无法打开。
unlock_unkept = 此浏览器无法记住这个相册。
unlock_unforgotten = 此浏览器无法忘记这个相册，请在浏览器设置中删除此网站的数据。
unlock_saving = 正在准备 { $file }：{ $percent }
find = 查找
find_title = 查找您的相册
find_unknown = 没有使用此访问码的相册。
no_connection = 加载失败。请检查网络连接后重试。
no_answer = 服务器无法完成请求，请稍后再试。
needs_https = 此页面需要安全连接，请使用以 https 开头的地址打开。
needs_script = 此页面需要 JavaScript，请在浏览器设置中启用。
needs_browser = 此页面未能启动，请重新加载，或用更新版本的浏览器打开。

# 文字页面
contents = 本页内容
effective = 自{ $date }起生效
versions = 以前的版本

# 没有照片的页面
not_found = 页面不存在
not_found_text = 此页面不存在，或已被移除。
not_found_home = 前往相册
private_title = 私密相册
closed = 此链接已失效
closed_text = 它已被撤回或已过期。
renewed = 此链接已更新
renewed_text = 新链接已发送给您，您也可以索取。
ask = 请联系 { $contact }。

# 时间范围
year = { $year }年
span = { $first }至{ $last }
span_wide = { $first }至{ $last }
